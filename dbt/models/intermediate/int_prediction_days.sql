{{ config(tags=['forecasts']) }}

with

-- by instant first: the clock in Paris is worked out once for each
instants as (

    select
        period_start_at,
        max(date_paris) as date_paris,
        count(*) as raw_rows,
        max(written_at) as newest_extracted_at
    from {{ ref('stg_forecasts__predictions') }}
    group by period_start_at

),

-- a day whose predictions have gone has changed too
touched_days as (

    select
        date_paris,
        raw_rows,
        newest_extracted_at
    from instants
    union all
    select
        date_paris,
        0 as raw_rows,
        cast(null as timestamp) as newest_extracted_at
    from {{ ref('int_paris_days') }}

),

final as (

    select
        'raw_forecast.predictions' as input,
        date_paris,
        cast(sum(raw_rows) as integer) as raw_rows,
        max(newest_extracted_at) as newest_extracted_at
    from touched_days
    group by date_paris

)

select * from final
