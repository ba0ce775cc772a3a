with

source as (

    select * from {{ source('raw_rte', 'capacities_per_production_unit') }}

),

newest as (

    select * from source
    {{ newest_row_per(['code_eic', 'type', 'start_date']) }}

),

renamed as (

    select
        -- ids
        code_eic as unit_eic_code,
        name as unit_name,
        location,
        code_eic_producteur as producer_eic_code,
        name_producteur as producer_name,
        type as rte_production_type,

        -- numbers
        cast(installed_capacity as double) as installed_capacity_mw,
        cast(voltage_level_connection as double) as voltage_kv,

        -- dates, by the label: the clock in Paris of 1932 is not UTC+1, the label is
        register_date,
        case
            when cast({{ label_clock('start_date_local') }} as date) <> register_date
                then cast({{ label_clock('start_date_local') }} as date)
        end as valid_from_date,
        case
            when cast({{ label_clock('start_date_local') }} as date) <> register_date
                then cast({{ label_clock('end_date_local') }} as date)
        end as valid_to_date,
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
