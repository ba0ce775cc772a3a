-- How do the sources go with gas in store? GWh a day for each % more, and with storages rather empty and rather full.
-- Generation only: hydro counts the hours in which pumped storage gives; what it takes up is apart, in pumping_gwh.
with

days as (

    select * from {{ ref('mart_daily_energy_weather') }}
    where
        date_paris between cast('{{ var("first_day", "1900-01-01") }}' as date)
        and cast('{{ var("last_day", "2999-12-31") }}' as date)
        and generation_completeness = 1
        and gas_fill_pct is not null

),

sources as (

    {{ daily_energy_by_source('days', beside='gas_fill_pct') }}

)

select
    production_group,
    count(*) as day_count,
    corr(energy_gwh, gas_fill_pct) as correlation_coefficient,
    regr_slope(energy_gwh, gas_fill_pct) as gwh_per_pct,
    avg(case when gas_fill_pct < 40 then energy_gwh end) as energy_below_40_pct_gwh,
    avg(case when gas_fill_pct >= 80 then energy_gwh end) as energy_from_80_pct_gwh
from sources
group by production_group
order by production_group
