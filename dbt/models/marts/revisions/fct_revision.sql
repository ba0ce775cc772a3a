{{ config(materialized='incremental', full_refresh=false, incremental_strategy='append', transient=false) }}

-- An empty table: the marts whose values are revised write to it, each before it replaces them
-- (macros/replace_days.sql).
with

final as (

    select
        cast(null as varchar) as mart,
        cast(null as varchar) as entity,
        cast(null as varchar) as measure,
        cast(null as timestamp) as period_start_at,
        cast(null as timestamp) as period_start_paris,
        cast(null as date) as date_paris,
        cast(null as double) as old_value,
        cast(null as double) as new_value,
        cast(null as double) as value_change,
        cast(null as timestamp) as seen_at,
        cast(null as timestamp) as source_updated_at,
        cast(null as timestamp) as logged_at
    where 1 = 0

)

select * from final
