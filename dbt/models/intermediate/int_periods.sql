{{ config(materialized='view') }}

with

days as (

    select * from {{ ref('int_paris_days') }}

),

numbers as (

    {{ numbers(2) }}

),

quarters as (

    select
        days.date_paris,
        numbers.n as quarter_number,
        {{ plus_minutes('days.day_start_at', '15 * numbers.n') }} as period_start_at
    from days
    inner join numbers on days.quarters > numbers.n

),

final as (

    select
        date_paris,
        quarter_number,
        mod(quarter_number, 4) = 0 as is_hour_start,
        period_start_at,
        {{ plus_minutes('period_start_at', 15) }} as period_end_at,
        {{ to_paris('period_start_at') }} as period_start_paris
    from quarters

)

select * from final
