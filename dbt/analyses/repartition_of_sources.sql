-- From which sources did electricity come, on a day or over a period?
-- dbt compile --select repartition_of_sources --vars '{first_day: 2024-01-15, last_day: 2024-01-15}'
-- Generation only: hydro counts the hours in which pumped storage gives; what it takes up is apart, in pumping_gwh.
with

days as (

    select * from {{ ref('mart_daily_energy_weather') }}
    where
        date_paris between cast('{{ var("first_day", "1900-01-01") }}' as date)
        and cast('{{ var("last_day", "2999-12-31") }}' as date)
        and generation_completeness = 1

),

sources as (

    {% for group in ['nuclear', 'hydro', 'wind', 'solar', 'fossil', 'bioenergy'] -%}
    select
        '{{ group }}' as production_group,
        count(*) as day_count,
        sum({{ 'hydro_generation' if group == 'hydro' else group }}_gwh) as energy_gwh
    from days
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}

)

select
    production_group,
    day_count,
    energy_gwh,
    100 * energy_gwh / sum(energy_gwh) over () as share_pct
from sources
order by energy_gwh desc
