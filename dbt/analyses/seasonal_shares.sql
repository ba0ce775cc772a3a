-- What share has each source in each season?
{%- set groups = ['nuclear', 'hydro', 'wind', 'solar', 'fossil', 'bioenergy'] %}
with

days as (

    select
        *,
        {{ groups | join('_gwh + ') }}_gwh as generation_gwh
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
    {%- for group in groups %}
    100 * sum({{ group }}_gwh) / sum(generation_gwh) as {{ group }}_share_pct{% if not loop.last %},{% endif %}
    {%- endfor %}
from days
group by season
order by season
