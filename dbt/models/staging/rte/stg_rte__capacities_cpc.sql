with

source as (

    select * from {{ source('raw_rte', 'capacities_cpc') }}

),

newest as (

    select * from source
    {{ newest_row_per(['department_code', 'network_connection', 'production_type']) }}

),

renamed as (

    select
        -- ids
        department_code,
        case network_connection
            when 'RPD' then 'distribution'
            when 'RPT' then 'transmission'
            else lower(network_connection)
        end as network,
        lower(production_type) as contract_type,

        -- numbers: RTE gives kW (inferred from their size)
        cast(value as double) / 1000 as installed_capacity_mw,

        -- timestamps
        {{ to_utc('updated_date') }} as source_updated_at,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
