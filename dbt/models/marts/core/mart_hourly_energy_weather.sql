{%- set inputs = ['fct_load', 'fct_physical_flow', 'fct_day_ahead_price', 'fct_weather_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

days as (

    select * from {{ ref('int_paris_days') }}
    where {{ in_days(days, day='date_paris') }}

),

hours as (

    select
        periods.period_start_at,
        {{ plus_minutes('periods.period_start_at', 60) }} as period_end_at,
        periods.period_start_paris,
        periods.date_paris
    from {{ ref('int_periods') }} as periods
    inner join days on periods.date_paris = days.date_paris
    where periods.is_hour_start

),

loads as (

    select * from {{ ref('fct_load') }}
    where {{ in_days(days, day='date_paris') }}

),

flows as (

    select * from {{ ref('fct_physical_flow') }}
    where {{ in_days(days, day='date_paris') }}

),

prices as (

    select * from {{ ref('fct_day_ahead_price') }}
    where
        bidding_zone = 'FR'
        and {{ in_days(days, day='date_paris') }}

),

weather as (

    select * from {{ ref('fct_weather_hourly') }}
    where {{ in_days(days, day='date_paris') }}

),

regions as (

    select * from {{ ref('dim_region') }}
    where is_mainland

),

-- The mean of a part of the hour is not the hour's: the newest is unknown until its four quarters are there.
hourly_load as (

    select
        {{ hour_of('period_start_at') }} as period_start_at,
        {%- for kind, column in [('realised', 'load_mw'), ('day_ahead_forecast', 'load_day_ahead_mw')] %}
        case
            when count(case when load_kind = '{{ kind }}' then load_mw end) = 4
                then avg(case when load_kind = '{{ kind }}' then load_mw end)
        end as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from loads
    group by 1

),

hourly_price as (

    select
        {{ hour_of('period_start_at') }} as period_start_at,
        case
            when sum(case when price_eur_per_mwh is not null then resolution_minutes end) = 60
                then sum(price_eur_per_mwh * resolution_minutes) / 60
        end as price_eur_per_mwh
    from prices
    group by 1

),

borders as (

    select count(*) as borders from {{ ref('dim_border') }}

),

-- A national balance without one of its borders would be a wrong figure, not a small one: NULL until all are known.
hourly_net_export as (

    select
        flows.period_start_at,
        case when count(flows.net_export_mw) = max(borders.borders) then sum(flows.net_export_mw) end as net_export_mw
    from flows
    cross join borders
    group by flows.period_start_at

),

-- Temperature is felt by people, wind and sun by land; weights are shared out again among regions with a value.
hourly_weather as (

    select
        weather.period_start_at,
        sum(regions.population * weather.temperature_celsius)
        / sum(case when weather.temperature_celsius is not null then regions.population end)
            as temperature_celsius,
        sum(regions.area_km2 * weather.wind_speed_100m_m_per_s)
        / sum(case when weather.wind_speed_100m_m_per_s is not null then regions.area_km2 end)
            as wind_speed_100m_m_per_s,
        sum(regions.area_km2 * weather.irradiance_w_per_m2)
        / sum(case when weather.irradiance_w_per_m2 is not null then regions.area_km2 end)
            as irradiance_w_per_m2
    from weather
    inner join regions on weather.region_code = regions.region_code
    group by weather.period_start_at

),

final as (

    select
        hours.period_start_at,
        hours.period_end_at,
        hours.period_start_paris,
        hours.date_paris,
        hourly_load.load_mw,
        hourly_load.load_day_ahead_mw,
        hourly_weather.temperature_celsius,
        hourly_weather.wind_speed_100m_m_per_s,
        hourly_weather.irradiance_w_per_m2,
        hourly_price.price_eur_per_mwh,
        hourly_net_export.net_export_mw
    from hours
    left join hourly_load on hours.period_start_at = hourly_load.period_start_at
    left join hourly_weather on hours.period_start_at = hourly_weather.period_start_at
    left join hourly_price on hours.period_start_at = hourly_price.period_start_at
    left join hourly_net_export on hours.period_start_at = hourly_net_export.period_start_at

)

select * from final
