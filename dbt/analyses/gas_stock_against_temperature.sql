-- How does gas in store go with temperature? By bands of 5 °C: how full the storages are, and what goes in and out.
with

days as (

    select
        *,
        gas_injection_gwh - gas_withdrawal_gwh as gas_change_gwh,
        5 * floor(temperature_mean_celsius / 5) as temperature_from_celsius
    from {{ ref('mart_daily_energy_weather') }}
    where
        date_paris between cast('{{ var("first_day", "1900-01-01") }}' as date)
        and cast('{{ var("last_day", "2999-12-31") }}' as date)
        and gas_stock_gwh is not null
        and gas_injection_gwh is not null
        and temperature_completeness = 1

),

-- the stock follows the season, its change the day
overall as (

    select
        corr(gas_fill_pct, temperature_mean_celsius) as stock_correlation,
        corr(gas_change_gwh, temperature_mean_celsius) as change_correlation
    from days

)

select
    days.temperature_from_celsius,
    count(*) as day_count,
    avg(days.gas_stock_gwh) as gas_stock_gwh,
    avg(days.gas_fill_pct) as gas_fill_pct,
    avg(days.gas_change_gwh) as gas_change_gwh,
    max(overall.stock_correlation) as stock_correlation,
    max(overall.change_correlation) as change_correlation
from days
cross join overall
group by days.temperature_from_celsius
order by days.temperature_from_celsius
