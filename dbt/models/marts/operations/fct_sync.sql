with

syncs as (

    select * from {{ ref('stg_operations__syncs') }}

),

final as (

    select
        connection_name,
        started_at,
        finished_at,
        {{ to_paris('started_at') }} as started_paris,
        cast({{ to_paris('started_at') }} as date) as date_paris,
        cast({{ seconds_between('started_at', 'finished_at') }} as double) as duration_seconds,
        status,
        records,
        message,
        row_number() over (
            partition by connection_name
            order by started_at desc
        ) = 1 as is_last
    from syncs

)

select * from final
