with

expectations as (

    select * from {{ ref('stream_expectations') }}
    where resolution_minutes is not null

),

raw_days as (

    select * from {{ ref('int_raw_days') }}
    where raw_rows > 0

),

paris_days as (

    select * from {{ ref('int_paris_days') }}

),

-- the day a stream begins with may be a part of one
first_days as (

    select
        input,
        min(date_paris) as first_date
    from raw_days
    group by input

),

-- of each stream the days that should have been read by now
due_days as (

    select
        expectations.input,
        expectations.connection_name,
        paris_days.date_paris,
        case
            when expectations.resolution_minutes >= 1440 then 1
            when expectations.is_clock_grid and paris_days.hours > 24 then 24 * 60 / expectations.resolution_minutes
            else paris_days.hours * 60 / expectations.resolution_minutes
        end as expected_periods
    from expectations
    inner join first_days on expectations.input = first_days.input
    inner join paris_days
        on
            first_days.first_date < paris_days.date_paris
            and {{ plus_minutes('paris_days.day_end_at', '60 * expectations.due_after_hours') }} <= {{ now_utc() }}

),

final as (

    select
        due_days.input,
        due_days.connection_name,
        due_days.date_paris,
        cast(due_days.expected_periods as integer) as expected_periods,
        cast(coalesce(raw_days.raw_periods, 0) as integer) as received_periods,
        coalesce(raw_days.raw_periods, 0) / cast(due_days.expected_periods as double) as completeness,
        cast(coalesce(raw_days.raw_rows, 0) as integer) as raw_rows,
        avg(cast(coalesce(raw_days.raw_rows, 0) as double)) over (
            partition by due_days.input
            order by due_days.date_paris
            rows between 28 preceding and 1 preceding
        ) as usual_rows
    from due_days
    left join raw_days
        on
            due_days.input = raw_days.input
            and due_days.date_paris = raw_days.date_paris

)

select * from final
