with

source as (

    select * from {{ source('raw_rte', 'redispatching') }}

),

newest as (

    select * from source
    {{ newest_row_per([
        'asset_eic_code', 'version', 'direction', 'sender_country_eic_code', 'receiver_country_eic_code', 'start_date'
    ]) }}

),

renamed as (

    select
        -- ids
        asset_eic_code,
        try_cast(version as integer) as action_version,
        case direction
            when 'UPWARD' then 'upward'
            when 'DOWNWARD' then 'downward'
            else lower(direction)
        end as redispatch_direction,
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,
        lower(type) as asset_kind,
        lower(reason) as reason,
        coalesce(lower(cancelled) = 'true', false) as is_cancelled,

        -- numbers
        cast(value as double) as redispatched_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
