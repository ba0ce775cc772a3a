{%- set pollutants = ['pm2_5', 'pm10', 'no2', 'o3'] -%}

with

stations as (

    select * from {{ ref('dim_air_station') }}

),

weather as (

    select * from {{ ref('fct_weather_daily') }}

),

-- A mean of fewer than three quarters of its hours is not the mean of a day.
daily as (

    select
        station_id,
        date_local,
        pollutant,
        case when completeness >= 0.75 then mean_concentration end as day_mean
    from {{ ref('fct_air_quality_daily') }}

),

air as (

    select
        station_id,
        date_local,
        {%- for pollutant in pollutants %}
        max(case when pollutant = '{{ pollutant }}' then day_mean end) as {{ pollutant }}_ug_per_m3
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from daily
    group by station_id, date_local

),

final as (

    select
        air.station_id,
        air.date_local,
        stations.station_name,
        stations.place,
        stations.station_label,
        stations.region_code,
        air.pm2_5_ug_per_m3,
        air.pm10_ug_per_m3,
        air.no2_ug_per_m3,
        air.o3_ug_per_m3,
        weather.temperature_mean_celsius,
        weather.temperature_max_celsius,
        weather.wind_speed_100m_mean_m_per_s,
        weather.irradiation_kwh_per_m2,
        weather.precipitation_mm,
        weather.is_forecast as is_weather_forecast
    from air
    inner join stations on air.station_id = stations.station_id
    left join weather
        on
            stations.region_code = weather.region_code
            and air.date_local = weather.date_paris

)

select * from final
