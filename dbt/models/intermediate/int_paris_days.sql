{%- set spine = dated_streams() | selectattr('is_spine') | map(attribute='input') | list -%}

with

raw_days as (

    select * from {{ ref('int_raw_days') }}
    where input in ('{{ spine | join("', '") }}')

),

bounds as (

    select
        min(date_paris) as first_date,
        max(date_paris) as last_date
    from raw_days
    where raw_rows > 0

),

numbers as (

    {{ numbers(4) }}

),

-- without gaps: a day on which no source published is a day of every mart too
days as (

    select {{ plus_days('bounds.first_date', 'numbers.n') }} as date_paris
    from bounds
    cross join numbers
    where numbers.n <= {{ days_between('bounds.first_date', 'bounds.last_date') }}

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
