with

source as (

    select * from {{ source('raw_rte', 'capacity_signals') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'start_date']) }}

),

renamed as (

    select
        -- ids
        lower(type) as signal_kind,
        value as is_peak_day,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
