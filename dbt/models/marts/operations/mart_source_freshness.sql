with

expectations as (

    select * from {{ ref('stream_expectations') }}

),

dated as (

    select
        input,
        sum(raw_rows) as raw_rows,
        max(newest_extracted_at) as last_extracted_at,
        max(newest_period_at) as last_period_at
    from {{ ref('int_raw_days') }}
    group by input

),

undated as (

    {{ count_undated_streams() }}

),

syncs as (

    select * from {{ ref('fct_sync') }}
    where is_last

),

successes as (

    select
        connection_name,
        max(finished_at) as last_success_at
    from {{ ref('fct_sync') }}
    where status = 'succeeded'
    group by connection_name

),

joined as (

    select
        expectations.*,
        coalesce(dated.raw_rows, undated.raw_rows, 0) as raw_rows,
        coalesce(dated.last_extracted_at, undated.last_extracted_at) as last_extracted_at,
        dated.last_period_at,
        syncs.status as last_sync_status,
        syncs.message as last_sync_message,
        successes.last_success_at,
        {{ minutes_between('dated.last_period_at', now_utc()) }} / 60.0 as period_age_hours,
        {{ minutes_between('undated.last_extracted_at', now_utc()) }} / 60.0 as list_age_hours,
        -- the period after the newest, once it is over too
        expectations.due_after_hours + 2 * coalesce(expectations.resolution_minutes, 0) / 60.0 as late_after_hours
    from expectations
    left join dated on expectations.input = dated.input
    left join undated on expectations.input = undated.input
    left join syncs on expectations.connection_name = syncs.connection_name
    left join successes on expectations.connection_name = successes.connection_name

),

final as (

    select
        input,
        connection_name,
        cast(raw_rows as double) as raw_rows,
        last_extracted_at,
        last_period_at,
        {{ to_paris('last_period_at') }} as last_period_paris,
        cast(period_age_hours as double) as period_age_hours,
        cast(late_after_hours as double) as late_after_hours,
        last_success_at,
        last_sync_status,
        last_sync_message,
        case
            when raw_rows = 0 then 'empty'
            when period_age_hours > late_after_hours or list_age_hours > read_within_hours then 'late'
            when late_after_hours is not null and last_period_at is null then 'late'
            when late_after_hours is null and read_within_hours is null then 'not judged'
            else 'on time'
        end as freshness
    from joined

)

select * from final
