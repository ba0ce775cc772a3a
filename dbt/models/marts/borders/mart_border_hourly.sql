{%- set inputs = ['fct_physical_flow', 'fct_commercial_exchange', 'fct_ntc'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

-- Over 80 lines: three facts come together, each to the hour by its own rule.
with

flows as (

    select * from {{ ref('fct_physical_flow') }}
    where {{ in_days(days, day='date_paris') }}

),

schedules as (

    select * from {{ ref('fct_commercial_exchange') }}
    where
        {{ in_days(days, day='date_paris') }}
        and schedule_kind in ('day_ahead', 'intraday')

),

capacities as (

    select * from {{ ref('fct_ntc') }}
    where
        {{ in_days(days, day='date_paris') }}
        and ntc_horizon in ('day_ahead', 'weekly', 'monthly')

),

borders as (

    select * from {{ ref('dim_border') }}

),

-- every hour and border of the days on which anything was published, so that what is missing shows
days_with_data as (

    select date_paris from flows
    union distinct
    select date_paris from schedules
    union distinct
    select date_paris from capacities

),

hours as (

    select
        borders.border_code,
        borders.border_name,
        periods.period_start_at,
        {{ plus_minutes('periods.period_start_at', 60) }} as period_end_at,
        periods.period_start_paris,
        periods.date_paris
    from {{ ref('int_periods') }} as periods
    inner join days_with_data on periods.date_paris = days_with_data.date_paris
    cross join borders
    where periods.is_hour_start

),

parts as (

    select
        border_code,
        'physical' as measure,
        {{ hour_of('period_start_at') }} as hour_start_at,
        {{ minutes_between('period_start_at', 'period_end_at') }} as minutes,
        export_mw,
        import_mw
    from flows
    union all
    select
        border_code,
        schedule_kind as measure,
        {{ hour_of('period_start_at') }} as hour_start_at,
        {{ minutes_between('period_start_at', 'period_end_at') }} as minutes,
        export_mw,
        import_mw
    from schedules

),

-- The mean of an hour is known where all its parts are.
hourly_means as (

    select
        border_code,
        measure,
        hour_start_at,
        case
            when sum(case when export_mw is not null then minutes end) >= 60
                then sum(export_mw * minutes) / sum(minutes)
        end as export_mw,
        case
            when sum(case when import_mw is not null then minutes end) >= 60
                then sum(import_mw * minutes) / sum(minutes)
        end as import_mw
    from parts
    group by border_code, measure, hour_start_at

),

hourly as (

    select
        border_code,
        hour_start_at,
        max(case when measure = 'physical' then export_mw end) as physical_export_mw,
        max(case when measure = 'physical' then import_mw end) as physical_import_mw,
        max(case when measure = 'physical' then export_mw - import_mw end) as physical_net_export_mw,
        max(case when measure = 'day_ahead' then export_mw - import_mw end) as day_ahead_net_export_mw,
        max(case when measure = 'intraday' then export_mw - import_mw end) as intraday_net_export_mw
    from hourly_means
    group by border_code, hour_start_at

),

-- The capacity told last before the hour counts: of the day ahead, else of the week, else of the month.
last_capacities as (

    select
        hours.border_code,
        hours.period_start_at,
        capacities.ntc_horizon,
        capacities.ntc_export_mw,
        capacities.ntc_import_mw
    from hours
    inner join capacities
        on
            hours.border_code = capacities.border_code
            and hours.date_paris = capacities.date_paris
            and hours.period_start_at >= capacities.period_start_at
            and hours.period_start_at < capacities.period_end_at
    qualify row_number() over (
        partition by hours.border_code, hours.period_start_at
        order by
            case capacities.ntc_horizon when 'day_ahead' then 1 when 'weekly' then 2 else 3 end,
            capacities.period_start_at desc
    ) = 1

),

joined as (

    select
        hours.*,
        hourly.physical_export_mw,
        hourly.physical_import_mw,
        hourly.physical_net_export_mw,
        hourly.day_ahead_net_export_mw,
        hourly.intraday_net_export_mw,
        hourly.day_ahead_net_export_mw + hourly.intraday_net_export_mw as commercial_net_export_mw,
        last_capacities.ntc_horizon,
        last_capacities.ntc_export_mw,
        last_capacities.ntc_import_mw
    from hours
    left join hourly
        on
            hours.border_code = hourly.border_code
            and hours.period_start_at = hourly.hour_start_at
    left join last_capacities
        on
            hours.border_code = last_capacities.border_code
            and hours.period_start_at = last_capacities.period_start_at

),

final as (

    select
        border_code,
        border_name,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        physical_export_mw,
        physical_import_mw,
        physical_net_export_mw,
        day_ahead_net_export_mw,
        intraday_net_export_mw,
        commercial_net_export_mw,
        physical_net_export_mw - commercial_net_export_mw as unscheduled_net_export_mw,
        ntc_horizon,
        ntc_export_mw,
        ntc_import_mw,
        -- the day-ahead schedule was bounded by the day-ahead capacity, never by that of the week or month
        case
            when ntc_horizon <> 'day_ahead' then null
            when day_ahead_net_export_mw > 0 then 100 * day_ahead_net_export_mw / nullif(ntc_export_mw, 0)
            when day_ahead_net_export_mw < 0 then -100 * day_ahead_net_export_mw / nullif(ntc_import_mw, 0)
            when day_ahead_net_export_mw = 0 and ntc_export_mw is not null then 0
        end as ntc_use_pct
    from joined

)

select * from final
