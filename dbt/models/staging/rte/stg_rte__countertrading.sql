with

source as (

    select * from {{ source('raw_rte', 'countertrading') }}

),

newest as (

    select * from source
    {{ newest_row_per([
        'identification', 'version', 'sender_country_eic_code', 'receiver_country_eic_code', 'start_date'
    ]) }}

),

renamed as (

    select
        -- ids
        identification as action_code,
        try_cast(version as integer) as action_version,
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,
        lower(reason) as reason,

        -- numbers
        cast(value as double) as countertrading_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
