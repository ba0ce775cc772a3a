with

stocks as (

    select * from {{ ref('stg_odre__stock_quotidien_stockages_gaz') }}

),

storages as (

    select * from {{ ref('gas_storages') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

named as (

    select
        coalesce(storages.storage_code, lower(stocks.pits)) as storage_code,
        coalesce(storages.storage_name, stocks.pits) as storage_name,
        stocks.operator_name,
        stocks.date_paris,
        stocks.stock_gwh,
        storages.useful_volume_gwh
    from stocks
    left join storages on stocks.operator_name = storages.operator_name and stocks.pits = storages.pits

),

preceded as (

    select
        *,
        lag(date_paris) over (partition by storage_code order by date_paris) as date_before,
        lag(stock_gwh) over (partition by storage_code order by date_paris) as stock_before_gwh
    from named

),

-- over a day that is missing the change is known, but not of which day it is
changed as (

    select
        *,
        case when date_before = {{ plus_days('date_paris', -1) }} then stock_gwh - stock_before_gwh end
            as stock_change_gwh
    from preceded

),

final as (

    select
        changed.storage_code,
        changed.storage_name,
        changed.operator_name,
        calendar.period_start_at,
        calendar.period_end_at,
        calendar.period_start_paris,
        changed.date_paris,
        changed.stock_gwh,
        changed.useful_volume_gwh,
        100 * changed.stock_gwh / changed.useful_volume_gwh as fill_pct,
        changed.stock_change_gwh,
        case
            when changed.stock_change_gwh > 0 then changed.stock_change_gwh
            when changed.stock_change_gwh <= 0 then 0
        end as injection_gwh,
        case
            when changed.stock_change_gwh < 0 then -changed.stock_change_gwh
            when changed.stock_change_gwh >= 0 then 0
        end as withdrawal_gwh
    from changed
    inner join calendar on changed.date_paris = calendar.date_paris

)

select * from final
