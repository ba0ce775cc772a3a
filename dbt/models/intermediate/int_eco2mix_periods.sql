{{ config(materialized='view') }}

with

raw_days as (

    select * from {{ ref('int_raw_days') }}
    where input like 'raw_odre.eco2mix%' and raw_rows > 0

),

days as (

    select distinct date_paris from raw_days

),

bounded as (

    select
        date_paris,
        {{ paris_to_utc('cast(date_paris as timestamp)') }} as day_start_at,
        {{ paris_to_utc('cast(' ~ plus_days('date_paris', 1) ~ ' as timestamp)') }} as day_end_at
    from days

),

numbers as (

    {{ numbers(2) }}

),

quarters as (

    select
        bounded.date_paris,
        numbers.n as quarter_number,
        {{ plus_minutes('bounded.day_start_at', '15 * numbers.n') }} as period_start_at
    from bounded
    inner join numbers on {{ minutes_between('bounded.day_start_at', 'bounded.day_end_at') }} > 15 * numbers.n

),

final as (

    select
        date_paris,
        mod(quarter_number, 2) = 0 as is_half_hour_start,
        period_start_at,
        {{ to_paris('period_start_at') }} as period_start_paris
    from quarters

)

select * from final
