with

source as (

    select * from {{ source('raw_rte', 'physical_flows') }}

),

newest as (

    select * from source
    {{ newest_row_per(['sender_country_eic_code', 'receiver_country_eic_code', 'start_date']) }}

),

renamed as (

    select
        -- ids
        case
            when sender_country_eic_code = '{{ var("france_eic") }}' then 'export'
            when receiver_country_eic_code = '{{ var("france_eic") }}' then 'import'
        end as direction,
        case
            when sender_country_eic_code = '{{ var("france_eic") }}' then receiver_country_eic_code
            else sender_country_eic_code
        end as neighbour_eic_code,

        -- numbers
        cast(value as double) as flow_mw,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
