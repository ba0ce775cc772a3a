with

publishes as (

    select * from {{ ref('stg_operations__publishes') }}

),

final as (

    select
        published_at,
        {{ to_paris('published_at') }} as published_paris,
        cast({{ to_paris('published_at') }} as date) as date_paris,
        action,
        version_name,
        previous_version_name,
        size_bytes / 1000000 as size_mb,
        duration_seconds
    from publishes

)

select * from final
