{#- The period columns of every Energy-Charts staging model, from the columns start_date and resolution_minutes. -#}
{% macro energy_charts_period() %}
        {{ to_utc('start_date') }} as period_start_at,
        {{ plus_minutes(to_utc('start_date'), 'resolution_minutes') }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris,
        cast(resolution_minutes as integer) as resolution_minutes
{%- endmacro %}
