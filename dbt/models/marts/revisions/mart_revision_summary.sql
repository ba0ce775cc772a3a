{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['mart', 'entity', 'measure', 'period_start_at']
) }}

-- A value that was revised is summed up anew when it is revised again: only days that the log tells of since are read.
with

touched_days as (

    select distinct date_paris from {{ ref('fct_revision') }}
    {% if is_incremental() %}
    where logged_at >= (select coalesce(max(last_logged_at), cast('1970-01-01' as timestamp)) from {{ this }})
    {% endif %}

),

revisions as (

    select * from {{ ref('fct_revision') }}
    where date_paris in (select touched_days.date_paris from touched_days)

),

ordered as (

    select
        *,
        row_number() over (
            partition by mart, entity, measure, period_start_at
            order by logged_at, seen_at
        ) as revision_number,
        row_number() over (
            partition by mart, entity, measure, period_start_at
            order by logged_at desc, seen_at desc
        ) as revisions_left
    from revisions

),

final as (

    select
        mart,
        entity,
        measure,
        period_start_at,
        max(period_start_paris) as period_start_paris,
        max(date_paris) as date_paris,
        max(case when revision_number = 1 then old_value end) as first_value,
        max(case when revisions_left = 1 then new_value end) as last_value,
        max(case when revisions_left = 1 then new_value end)
        - max(case when revision_number = 1 then old_value end) as total_change,
        max(abs(value_change)) as largest_change,
        cast(count(*) as integer) as revisions,
        min(seen_at) as first_revised_at,
        max(seen_at) as last_revised_at,
        max(logged_at) as last_logged_at
    from ordered
    group by mart, entity, measure, period_start_at

)

select * from final
