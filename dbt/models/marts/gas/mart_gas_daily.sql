-- Longer than 80 lines for its columns: each of the three neighbours is joined in three lines.
with

storages as (

    select * from {{ ref('fct_gas_storage') }}

),

known as (

    select
        count(*) as storages,
        count(case when operator_name = 'Storengy' then 1 end) as storengy_storages,
        sum(useful_volume_gwh) as useful_volume_gwh
    from {{ ref('gas_storages') }}

),

full_storage as (

    select fill_pct from {{ ref('gas_fill_thresholds') }}
    where threshold_code = 'full'

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

temperatures as (

    select * from {{ ref('fct_temperature_national') }}
    where completeness >= 0.999

),

degree_days as (

    select * from {{ ref('fct_degree_day') }}
    where temperature_source = 'open_meteo' and degree_day_kind = 'heating_15'

),

electricity as (

    select * from {{ ref('int_electricity_daily') }}

),

-- Teréga's days come a month after Storengy's: a sum without it would be a fall that never was, so it is NULL.
summed as (

    select
        storages.date_paris,
        cast(count(storages.stock_gwh) as integer) as storages_known,
        case when count(storages.stock_gwh) >= max(known.storages) then sum(storages.stock_gwh) end as stock_gwh,
        count(case when storages.operator_name = 'Storengy' then storages.stock_gwh end) >= max(known.storengy_storages)
            as is_storengy_known,
        sum(case when storages.operator_name = 'Storengy' then storages.stock_gwh end) as stock_storengy_gwh,
        sum(case when storages.operator_name = 'Teréga' then storages.stock_gwh end) as stock_terega_gwh,
        max(known.useful_volume_gwh) as useful_volume_gwh,
        case when count(storages.stock_change_gwh) >= max(known.storages) then sum(storages.stock_change_gwh) end
            as stock_change_gwh,
        case when count(storages.stock_change_gwh) >= max(known.storages) then sum(storages.injection_gwh) end
            as injection_gwh,
        case when count(storages.stock_change_gwh) >= max(known.storages) then sum(storages.withdrawal_gwh) end
            as withdrawal_gwh
    from storages
    cross join known
    group by storages.date_paris

),

final as (

    select
        calendar.period_start_at,
        calendar.period_end_at,
        calendar.period_start_paris,
        summed.date_paris,
        calendar.season,
        summed.storages_known,
        summed.stock_gwh,
        case when summed.is_storengy_known then summed.stock_storengy_gwh end as stock_storengy_gwh,
        summed.stock_terega_gwh,
        100 * summed.stock_gwh / summed.useful_volume_gwh as fill_pct,
        100 * summed.stock_gwh / summed.useful_volume_gwh >= full_storage.fill_pct as is_full,
        summed.stock_change_gwh,
        summed.injection_gwh,
        summed.withdrawal_gwh,
        open_meteo.temperature_mean_celsius,
        odre.temperature_mean_celsius as odre_temperature_mean_celsius,
        degree_days.degree_days_celsius as heating_degree_days_celsius,
        case when electricity.generation_completeness = 1 then electricity.fossil_gas_gwh end as fossil_gas_gwh,
        case when electricity.net_export_completeness = 1 then electricity.net_export_gwh end as net_export_gwh,
        case when electricity.load_completeness = 1 then electricity.load_gwh end as load_gwh
    from summed
    cross join full_storage
    inner join calendar on summed.date_paris = calendar.date_paris
    left join temperatures as open_meteo
        on summed.date_paris = open_meteo.date_paris and open_meteo.temperature_source = 'open_meteo'
    left join temperatures as odre on summed.date_paris = odre.date_paris and odre.temperature_source = 'odre'
    left join degree_days on summed.date_paris = degree_days.date_paris
    left join electricity on summed.date_paris = electricity.date_paris

)

select * from final
