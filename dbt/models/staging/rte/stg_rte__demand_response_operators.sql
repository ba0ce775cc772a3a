with

source as (

    select * from {{ source('raw_rte', 'demand_response_operators') }}

),

newest as (

    select * from source
    {{ newest_row_per(['eic_code', 'start_date']) }}

),

renamed as (

    select
        -- ids
        eic_code as operator_eic_code,
        name as operator_name,
        trial_nebef_rules_agreement as has_trial_agreement,
        trial_nebef_rules_qualification as has_trial_qualification,
        nebef_rules_recognition as is_recognised,
        nebef_rules_qualification as is_qualified,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
