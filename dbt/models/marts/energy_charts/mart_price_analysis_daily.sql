{%- set drivers = ['wind', 'solar', 'residual_load'] -%}
{%- set inputs = ['mart_price_daily', 'int_area_price_hours'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs, reach=7) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: a day's price, its past and its drivers.
with

daily as (

    select * from {{ ref('mart_price_daily') }}
    where {{ in_days(days, day='date_paris', before=7) }}

),

hours as (

    select * from {{ ref('int_area_price_hours') }}
    where {{ in_days(days, day='date_paris') }}

),

numbers as (

    {{ numbers(1) }}

),

-- Each day counts for itself and the seven days after it.
looked_back as (

    select
        daily.bidding_zone,
        {{ plus_days('daily.date_paris', 'numbers.n') }} as date_paris,
        max(case when numbers.n = 1 then daily.price_base_eur_per_mwh end) as price_base_day_before,
        count(case when numbers.n < 7 then daily.price_base_eur_per_mwh end) as days_known,
        avg(case when numbers.n < 7 then daily.price_base_eur_per_mwh end) as price_base_7_days
    from daily
    cross join numbers
    where numbers.n < 8
    group by 1, 2

),

of_the_day as (

    select
        area_code,
        bidding_zone,
        date_paris,
        {%- for driver in drivers %}
        avg({{ driver }}_mw) as {{ driver }}_mean_mw,
        case when count({{ driver }}_mw) >= 20 then corr(price_eur_per_mwh, {{ driver }}_mw) end
            as price_{{ driver }}_correlation,
        {%- endfor %}
        stddev_samp(price_eur_per_mwh) as price_stddev_eur_per_mwh,
        cast(count(wind_mw) as integer) as hours_with_wind
    from hours
    group by area_code, bidding_zone, date_paris

),

final as (

    select
        of_the_day.area_code,
        daily.bidding_zone,
        daily.period_start_at,
        daily.period_end_at,
        daily.period_start_paris,
        daily.date_paris,
        daily.price_base_eur_per_mwh,
        daily.price_min_eur_per_mwh,
        daily.price_max_eur_per_mwh,
        of_the_day.price_stddev_eur_per_mwh,
        daily.negative_hours,
        daily.price_base_eur_per_mwh - looked_back.price_base_day_before as price_change_1_day_eur_per_mwh,
        case when looked_back.days_known = 7 then looked_back.price_base_7_days end
            as price_base_7_days_eur_per_mwh,
        {%- for driver in drivers %}
        of_the_day.{{ driver }}_mean_mw,
        of_the_day.price_{{ driver }}_correlation,
        {%- endfor %}
        of_the_day.hours_with_wind
    from daily
    inner join of_the_day
        on
            daily.bidding_zone = of_the_day.bidding_zone
            and daily.date_paris = of_the_day.date_paris
    inner join looked_back
        on
            daily.bidding_zone = looked_back.bidding_zone
            and daily.date_paris = looked_back.date_paris
    where {{ in_days(days, day='daily.date_paris') }}

)

select * from final
