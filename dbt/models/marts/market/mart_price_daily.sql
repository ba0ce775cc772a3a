{%- set inputs = ['fct_day_ahead_price', 'mart_price_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: figures by time and figures by hour of one day.
with

prices as (

    select
        *,
        resolution_minutes / 60.0 as hours,
        extract(hour from period_start_paris) between 8 and 19 as is_peak
    from {{ ref('fct_day_ahead_price') }}
    where
        price_eur_per_mwh is not null
        and {{ in_days(days, day='date_paris') }}

),

hourly as (

    select * from {{ ref('mart_price_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

by_day as (

    select
        bidding_zone,
        date_paris,
        sum(hours) as hours,
        sum(price_eur_per_mwh * hours) as price_hours,
        sum(case when is_peak then hours end) as peak_hours,
        sum(case when is_peak then price_eur_per_mwh * hours end) as peak_price_hours,
        min(price_eur_per_mwh) as price_min_eur_per_mwh,
        max(price_eur_per_mwh) as price_max_eur_per_mwh,
        sum(case when price_eur_per_mwh < 0 then hours else 0 end) as negative_hours,
        max(resolution_minutes) as market_step_minutes
    from prices
    group by bidding_zone, date_paris

),

by_day_of_hours as (

    select
        bidding_zone,
        date_paris,
        min(price_eur_per_mwh) as hourly_min,
        max(price_eur_per_mwh) as hourly_max,
        sum(case when price_eur_per_mwh < 0 then 1 else 0 end) as negative_hours
    from hourly
    group by bidding_zone, date_paris

),

bounded as (

    select
        *,
        {{ day_period() }}
    from by_day

),

-- An index of a part of a day is not the index: NULL unless the whole day, of 23, 24 or 25 hours, is priced.
whole as (

    select
        *,
        hours = {{ hours_between('period_start_at', 'period_end_at') }} as is_whole_day
    from bounded

),

final as (

    select
        whole.bidding_zone,
        whole.period_start_at,
        whole.period_end_at,
        whole.period_start_paris,
        whole.date_paris,
        case when whole.is_whole_day then whole.price_hours / whole.hours end as price_base_eur_per_mwh,
        case when whole.is_whole_day then whole.peak_price_hours / whole.peak_hours end as price_peak_eur_per_mwh,
        case
            when whole.is_whole_day
                then (whole.price_hours - whole.peak_price_hours) / (whole.hours - whole.peak_hours)
        end as price_offpeak_eur_per_mwh,
        whole.price_min_eur_per_mwh,
        whole.price_max_eur_per_mwh,
        by_day_of_hours.hourly_min as hourly_price_min_eur_per_mwh,
        by_day_of_hours.hourly_max as hourly_price_max_eur_per_mwh,
        case when whole.is_whole_day then cast(whole.negative_hours as double) end as negative_hours,
        case when whole.is_whole_day then cast(by_day_of_hours.negative_hours as integer) end as negative_whole_hours,
        cast(whole.hours as double) as hours,
        cast(whole.market_step_minutes as integer) as market_step_minutes,
        {{ is_weekday('whole.date_paris') }} as is_weekday
    from whole
    left join by_day_of_hours
        on
            whole.bidding_zone = by_day_of_hours.bidding_zone
            and whole.date_paris = by_day_of_hours.date_paris

)

select * from final
