-- Longer than others: three streams know units, each in its own words.
with

production_types as (

    select * from {{ ref('dim_production_type') }}

),

register as (

    select
        unit_eic_code,
        'production_unit' as unit_level,
        unit_name,
        production_type,
        installed_capacity_mw,
        voltage_kv,
        min(valid_from_date) over (partition by unit_eic_code) as commissioned_date,
        producer_name as operator_name
    from {{ ref('fct_installed_capacity_unit') }}
    qualify row_number() over (
        partition by unit_eic_code
        order by is_current desc, valid_from_date desc nulls last, production_type asc
    ) = 1

),

generation as (

    select
        unit_eic_code,
        unit_name,
        production_type
    from {{ ref('fct_generation_unit_daily') }}
    qualify row_number() over (
        partition by unit_eic_code
        order by date_paris desc
    ) = 1

),

messages as (

    select
        unit_eic_code,
        unit_level,
        unit_name,
        production_type,
        installed_capacity_mw,
        operator_name
    from {{ ref('fct_unavailability') }}
    where unit_eic_code is not null
    qualify row_number() over (
        partition by unit_eic_code
        order by published_at desc, unavailability_id desc, period_start_at asc
    ) = 1

),

codes as (

    select unit_eic_code from register
    union
    select unit_eic_code from generation
    union
    select unit_eic_code from messages

),

final as (

    select
        codes.unit_eic_code,
        coalesce(register.unit_name, generation.unit_name, messages.unit_name) as unit_name,
        coalesce(register.unit_level, messages.unit_level, 'generation_unit') as unit_level,
        production_types.production_type,
        production_types.production_type_label,
        coalesce(register.installed_capacity_mw, messages.installed_capacity_mw) as installed_capacity_mw,
        case
            when register.installed_capacity_mw is not null then 'register'
            when messages.installed_capacity_mw is not null then 'unavailability'
        end as capacity_source,
        register.voltage_kv,
        register.commissioned_date,
        coalesce(register.operator_name, messages.operator_name) as operator_name,
        register.unit_eic_code is not null as is_in_register,
        generation.unit_eic_code is not null as has_generation
    from codes
    left join register on codes.unit_eic_code = register.unit_eic_code
    left join generation on codes.unit_eic_code = generation.unit_eic_code
    left join messages on codes.unit_eic_code = messages.unit_eic_code
    left join production_types
        on
            coalesce(register.production_type, generation.production_type, messages.production_type)
            = production_types.production_type

)

select * from final
