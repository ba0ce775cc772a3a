{#- What the analyses share. -#}

{#-
  A row for each day and group of sources: what the group generated, and the column `beside` of that day. `days`: days of
  mart_daily_energy_weather.
-#}
{% macro daily_energy_by_source(days, beside) -%}
    {% for group in ['nuclear', 'hydro', 'wind', 'solar', 'fossil', 'bioenergy'] -%}
    select
        '{{ group }}' as production_group,
        {{ beside }},
        {{ 'hydro_generation' if group == 'hydro' else group }}_gwh as energy_gwh
    from {{ days }}
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
{%- endmacro %}
