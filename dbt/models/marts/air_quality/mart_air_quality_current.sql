with

current_values as (

    select * from {{ ref('stg_airqino__current_values') }}

),

stations as (

    select * from {{ ref('dim_air_station') }}

),

final as (

    select
        stations.station_id,
        stations.station_name,
        stations.place,
        stations.station_label,
        current_values.sensor,
        current_values.current_value,
        current_values.unit,
        current_values.flags,
        current_values.measured_at,
        {{ to_paris('current_values.measured_at') }} as measured_paris,
        cast({{ minutes_between('current_values.measured_at', now_utc()) }} as double) / 60 as age_hours
    from current_values
    inner join stations on current_values.station_id = stations.station_id

)

select * from final
