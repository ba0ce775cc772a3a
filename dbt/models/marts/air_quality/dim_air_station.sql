{#- Within so many kilometres a weather point tells something of a station. -#}
{%- set nearest_km = 150 -%}

with

stations as (

    select * from {{ ref('stg_airqino__stations') }}

),

sensors as (

    select
        station_id,
        count(*) as sensors
    from {{ ref('stg_airqino__sensors') }}
    group by station_id

),

weather_points as (

    select * from {{ ref('weather_points') }}

),

regions as (

    select * from {{ ref('dim_region') }}

),

distances as (

    select
        stations.station_id,
        weather_points.point_id,
        weather_points.region_code,
        {{ km_between(
            'stations.latitude', 'stations.longitude', 'weather_points.latitude', 'weather_points.longitude'
        ) }} as distance_km
    from stations
    cross join weather_points

),

nearest_points as (

    select * from distances
    where distance_km <= {{ nearest_km }}
    qualify row_number() over (
        partition by station_id
        order by distance_km, point_id
    ) = 1

),

final as (

    select
        stations.station_id,
        stations.station_name,
        stations.place,
        coalesce(stations.place || ' ', '') || stations.station_name as station_label,
        stations.latitude,
        stations.longitude,
        stations.time_zone,
        regions.region_code,
        regions.region_name,
        nearest_points.distance_km as weather_distance_km,
        cast(sensors.sensors as integer) as sensors,
        stations.coordinates_differ,
        stations.last_transmission_at
    from stations
    left join sensors on stations.station_id = sensors.station_id
    left join nearest_points on stations.station_id = nearest_points.station_id
    left join regions on nearest_points.region_code = regions.region_code

)

select * from final
