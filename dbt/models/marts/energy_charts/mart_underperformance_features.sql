{%- set inputs = ['int_half_hour_power'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs, reach=8) }}
{%- set days = changed_days(inputs) %}
{#- Strings, as Snowflake has no named windows. -#}
{%- set in_time = 'partition by half_hours.production_type order by half_hours.period_start_at' %}
{%- set hours_3 = in_time ~ ' rows between 6 preceding and 1 preceding' %}
{%- set hours_24 = in_time ~ ' rows between 48 preceding and 1 preceding' %}

-- Longer than 80 lines: the features of a row rest on one another, and each is named.

with

rules as (

    select * from {{ ref('underperformance_rules') }}

),

-- One day more: a lag of 24 hours.
power as (

    select * from {{ ref('int_half_hour_power') }}
    where {{ in_days(days, day='date_paris', before=2) }}

),

ratios as (

    select
        power.production_type,
        power.period_start_at,
        power.actual_mw,
        rules.ratio_below,
        case rules.expected_from
            when 'day_ahead_forecast' then power.forecast_mw
            when 'days_before' then power.days_before_mw
        end as expected_mw,
        case
            when rules.expected_from = 'day_ahead_forecast' and power.forecast_mw >= rules.least_expected_mw
                then power.actual_mw / power.forecast_mw
            when rules.expected_from = 'days_before' and power.days_before_mw >= rules.least_expected_mw
                then power.actual_mw / power.days_before_mw
        end as actual_to_expected
    from power
    inner join rules on power.production_type = rules.production_type

),

bounds as (

    select
        production_type,
        min(period_start_at) as first_at,
        max(period_start_at) as last_at
    from ratios
    group by production_type

),

numbers as (

    {{ numbers(6) }}

),

-- without gaps, so that a lag is a time and not a number of rows
half_hours as (

    select
        bounds.production_type,
        {{ plus_minutes('bounds.first_at', '30 * numbers.n') }} as period_start_at
    from bounds
    inner join numbers on {{ minutes_between('bounds.first_at', 'bounds.last_at') }} >= 30 * numbers.n

),

features as (

    select
        half_hours.production_type,
        half_hours.period_start_at,
        ratios.actual_mw,
        ratios.expected_mw,
        ratios.actual_to_expected,
        ratios.ratio_below,
        {%- for steps in [1, 2, 48] %}
        lag(ratios.actual_mw, {{ steps }}) over ({{ in_time }}) as actual_lag_{{ steps }}_mw,
        lag(ratios.actual_to_expected, {{ steps }}) over ({{ in_time }}) as actual_to_expected_lag_{{ steps }},
        {%- endfor %}
        avg(ratios.actual_mw) over ({{ hours_3 }}) as actual_mean_3_hours_mw,
        avg(ratios.actual_mw) over ({{ hours_24 }}) as actual_mean_24_hours_mw,
        stddev_samp(ratios.actual_mw) over ({{ hours_24 }}) as actual_stddev_24_hours_mw,
        avg(ratios.actual_to_expected) over ({{ hours_24 }}) as actual_to_expected_mean_24_hours
    from half_hours
    left join ratios
        on
            half_hours.production_type = ratios.production_type
            and half_hours.period_start_at = ratios.period_start_at

),

final as (

    select
        'FR' as area_code,
        features.production_type,
        features.period_start_at,
        {{ plus_minutes('features.period_start_at', 30) }} as period_end_at,
        {{ to_paris('features.period_start_at') }} as period_start_paris,
        cast({{ to_paris('features.period_start_at') }} as date) as date_paris,
        features.actual_mw,
        features.expected_mw,
        rules.expected_from,
        features.actual_to_expected,
        {%- for steps in [1, 2, 48] %}
        features.actual_lag_{{ steps }}_mw,
        features.actual_to_expected_lag_{{ steps }},
        {%- endfor %}
        features.actual_mean_3_hours_mw,
        features.actual_mean_24_hours_mw,
        features.actual_stddev_24_hours_mw,
        features.actual_to_expected_mean_24_hours,
        features.actual_to_expected < features.ratio_below as is_underperforming
    from features
    inner join rules on features.production_type = rules.production_type
    where {{ in_days(days, day='cast(' ~ to_paris('features.period_start_at') ~ ' as date)') }}

)

select * from final
