-- What share has each source in each season?
-- Generation only: hydro counts the hours in which pumped storage gives; what it takes up is apart, in pumping_gwh.
{%- set sources = {
    'nuclear': 'nuclear_gwh', 'hydro': 'hydro_generation_gwh', 'wind': 'wind_gwh', 'solar': 'solar_gwh',
    'fossil': 'fossil_gwh', 'bioenergy': 'bioenergy_gwh'
} %}
with

days as (

    select
        *,
        {{ sources.values() | join(' + ') }} as generation_gwh
    from {{ ref('mart_daily_energy_weather') }}
    where
        date_paris between cast('{{ var("first_day", "1900-01-01") }}' as date)
        and cast('{{ var("last_day", "2999-12-31") }}' as date)
        and generation_completeness = 1

)

select
    season,
    count(*) as day_count,
    avg(generation_gwh) as generation_gwh_a_day,
    {%- for group, energy in sources.items() %}
    100 * sum({{ energy }}) / sum(generation_gwh) as {{ group }}_share_pct{% if not loop.last %},{% endif %}
    {%- endfor %}
from days
group by season
order by season
