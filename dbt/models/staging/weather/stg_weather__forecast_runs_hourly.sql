with

source as (

    select * from {{ source('raw_weather', 'forecast_runs_hourly') }}

),

newest as (

    select * from source
    {{ newest_row_per(['point_id', 'model', 'issued_at', 'time'], revised='fetched_at') }}

),

renamed as (

    select
        -- ids
        point_id,
        region_code,
        model as forecast_model,

        {{ hourly_weather_values() }},

        -- timestamps
        time as raw_instant,
        {{ to_utc('issued_at') }} as issued_at,
        {{ to_utc('time') }} as valid_at,
        {{ to_utc('fetched_at') }} as fetched_at

    from newest

)

select * from renamed
