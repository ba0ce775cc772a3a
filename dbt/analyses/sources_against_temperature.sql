-- How do the sources go with temperature? GWh a day for each °C more, and on cold and hot days.
-- Generation only: hydro counts the hours in which pumped storage gives; what it takes up is apart, in pumping_gwh.
with

days as (

    select * from {{ ref('mart_daily_energy_weather') }}
    where
        date_paris between cast('{{ var("first_day", "1900-01-01") }}' as date)
        and cast('{{ var("last_day", "2999-12-31") }}' as date)
        and generation_completeness = 1
        and temperature_completeness = 1

),

sources as (

    {{ daily_energy_by_source('days', beside='temperature_mean_celsius') }}

)

select
    production_group,
    count(*) as day_count,
    corr(energy_gwh, temperature_mean_celsius) as correlation_coefficient,
    regr_slope(energy_gwh, temperature_mean_celsius) as gwh_per_celsius,
    avg(case when temperature_mean_celsius < 5 then energy_gwh end) as energy_below_5_celsius_gwh,
    avg(case when temperature_mean_celsius >= 20 then energy_gwh end) as energy_from_20_celsius_gwh
from sources
group by production_group
order by production_group
