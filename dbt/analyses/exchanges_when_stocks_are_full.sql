-- What does France export when its gas storages are full (90 %, seed gas_fill_thresholds), and when they are not?
{%- set borders = ['gb', 'be', 'de', 'ch', 'it', 'es'] %}
with

days as (

    select * from {{ ref('mart_daily_energy_weather') }}
    where
        date_paris between cast('{{ var("first_day", "1900-01-01") }}' as date)
        and cast('{{ var("last_day", "2999-12-31") }}' as date)
        and is_gas_storage_full is not null
        and net_export_completeness = 1

)

select
    is_gas_storage_full,
    count(*) as day_count,
    avg(gas_fill_pct) as gas_fill_pct,
    avg(net_export_gwh) as net_export_gwh_a_day,
    {%- for border in borders %}
    avg(net_export_{{ border }}_gwh) as net_export_{{ border }}_gwh_a_day,
    {%- endfor %}
    sum(case when net_export_gwh < 0 then 1 else 0 end) as import_days
from days
group by is_gas_storage_full
order by is_gas_storage_full
