with

stream_days as (

    select * from {{ ref('int_stream_days') }}

),

days as (

    select distinct date_paris from stream_days

),

bounded as (

    select
        date_paris,
        {{ paris_to_utc('cast(date_paris as timestamp)') }} as day_start_at,
        {{ paris_to_utc('cast(' ~ plus_days('date_paris', 1) ~ ' as timestamp)') }} as day_end_at
    from days

),

final as (

    select
        date_paris,
        day_start_at,
        day_end_at,
        cast({{ hours_between('day_start_at', 'day_end_at') }} as integer) as hours,
        cast({{ hours_between('day_start_at', 'day_end_at') }} * 2 as integer) as half_hours,
        cast({{ hours_between('day_start_at', 'day_end_at') }} * 4 as integer) as quarters
    from bounded

)

select * from final
