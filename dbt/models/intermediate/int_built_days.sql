{{ config(materialized='incremental', full_refresh=false, incremental_strategy='append', transient=false) }}

-- An empty table: the models themselves write to it, each when it has built (macros/change_tracking.sql).
with

final as (

    select
        cast(null as varchar) as model,
        cast(null as varchar) as input,
        cast(null as date) as date_paris,
        cast(null as integer) as raw_rows,
        cast(null as timestamp) as newest_extracted_at
    where 1 = 0

)

select * from final
