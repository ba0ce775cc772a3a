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
        {{ paris_to_utc('cast(' ~ add_days(1, 'date_paris') ~ ' as timestamp)') }} as day_end_at
    from days

),

final as (

    select
        date_paris,
        day_start_at,
        day_end_at,
        cast({{ dbt.datediff('day_start_at', 'day_end_at', 'hour') }} as integer) as hours,
        cast({{ dbt.datediff('day_start_at', 'day_end_at', 'hour') }} * 2 as integer) as half_hours,
        cast({{ dbt.datediff('day_start_at', 'day_end_at', 'hour') }} * 4 as integer) as quarters
    from bounded

)

select * from final
