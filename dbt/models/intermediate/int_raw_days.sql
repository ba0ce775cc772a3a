{#- A raw stream that dates its rows says by which column in its source's yml: meta {instant: ...} or {day: ...}. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['input', 'date_paris']
) }}

with

counted as (

    {{ count_raw_days(dated_streams()) }}

),

final as (

    select
        cast(input as varchar) as input,
        cast(date_paris as date) as date_paris,
        cast(raw_rows as integer) as raw_rows,
        cast(raw_periods as integer) as raw_periods,
        cast(newest_period_at as timestamp) as newest_period_at,
        cast(newest_extracted_at as timestamp) as newest_extracted_at
    from counted

)

select * from final
