{%- set inputs = ['fct_weather_forecast_run', 'fct_weather_hourly'] -%}
{%- set measures = {
    'temperature': 'temperature_celsius',
    'wind_speed_100m': 'wind_speed_100m_m_per_s',
    'irradiance': 'irradiance_w_per_m2',
} -%}
{%- set units = {'temperature': 'celsius', 'wind_speed_100m': 'm_per_s', 'irradiance': 'w_per_m2'} -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

runs as (

    select * from {{ ref('fct_weather_forecast_run') }}
    where {{ in_days(days, day='date_paris') }}

),

-- what a forecast says of the past is no measure of a forecast
weather as (

    select * from {{ ref('fct_weather_hourly') }}
    where
        {{ in_days(days, day='date_paris') }}
        and not is_forecast

),

calendar as (

    select * from {{ ref('dim_calendar') }}
    where {{ in_days(days, day='date_paris') }}

),

compared as (

    select
        runs.forecast_model,
        runs.date_paris,
        cast(floor(runs.lead_hours / 24.0) as integer) as lead_days,
        {%- for measure, column in measures.items() %}
        runs.{{ column }} - weather.{{ column }} as {{ measure }}_error{% if not loop.last %},{% endif %}
        {%- endfor %}
    from runs
    inner join weather
        on runs.region_code = weather.region_code and runs.period_start_at = weather.period_start_at

),

averaged as (

    select
        forecast_model,
        date_paris,
        lead_days,
        {%- for measure, unit in units.items() %}
        avg({{ measure }}_error) as {{ measure }}_bias_{{ unit }},
        avg(abs({{ measure }}_error)) as {{ measure }}_mean_absolute_error_{{ unit }},
        {%- endfor %}
        cast(count(temperature_error) as integer) as compared_hours
    from compared
    group by forecast_model, date_paris, lead_days

),

final as (

    select
        averaged.forecast_model,
        averaged.lead_days,
        calendar.period_start_at,
        calendar.period_end_at,
        calendar.period_start_paris,
        averaged.date_paris,
        {%- for measure, unit in units.items() %}
        averaged.{{ measure }}_bias_{{ unit }},
        averaged.{{ measure }}_mean_absolute_error_{{ unit }},
        {%- endfor %}
        averaged.compared_hours
    from averaged
    inner join calendar on averaged.date_paris = calendar.date_paris

)

select * from final
