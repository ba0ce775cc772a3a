{%- set inputs = ['raw_rte.generation_unavailabilities'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

messages as (

    select * from {{ ref('stg_rte__generation_unavailabilities') }}
    where {{ in_days(days, instant='raw_instant') }}

),

production_types as (

    select * from {{ ref('dim_production_type') }}

),

final as (

    select
        messages.unavailability_id,
        messages.version_number,
        messages.published_at,
        cast({{ to_paris('messages.published_at') }} as date) as date_paris,
        messages.period_start_at,
        messages.period_end_at,
        messages.period_start_paris,
        messages.event_status,
        coalesce(messages.event_status not in ('dismissed', 'cancelled', 'inactive'), true) as is_in_force,
        messages.unavailability_kind,
        messages.unit_eic_code,
        messages.unit_name,
        messages.unit_level,
        coalesce(production_types.production_type, lower(messages.rte_production_type)) as production_type,
        messages.operator_name,
        messages.installed_capacity_mw,
        messages.available_mw,
        messages.unavailable_mw,
        messages.event_start_at,
        messages.event_end_at,
        messages.reason,
        messages.remarks,
        messages.created_at
    from messages
    left join production_types on messages.rte_production_type = production_types.rte_code

)

select * from final
