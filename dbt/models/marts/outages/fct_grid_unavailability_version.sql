{%- set inputs = ['raw_rte.transmission_network_unavailabilities'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

messages as (

    select * from {{ ref('stg_rte__transmission_network_unavailabilities') }}
    where
        direction is not null
        and {{ in_days(days, instant='raw_instant') }}

),

eic_codes as (

    select * from {{ ref('eic_codes') }}

),

final as (

    select
        messages.unavailability_id,
        messages.version_number,
        messages.published_at,
        cast({{ to_paris('messages.published_at') }} as date) as date_paris,
        messages.direction,
        messages.neighbour_eic_code,
        eic_codes.border_code,
        messages.period_start_at,
        messages.period_end_at,
        messages.period_start_paris,
        messages.event_status,
        coalesce(messages.event_status not in ('dismissed', 'cancelled', 'inactive'), true) as is_in_force,
        messages.unavailability_kind,
        messages.asset_eic_code,
        messages.asset_name,
        messages.asset_type,
        messages.transfer_capacity_left_mw,
        messages.event_start_at,
        messages.event_end_at,
        messages.reason,
        messages.remarks,
        messages.created_at
    from messages
    left join eic_codes on messages.neighbour_eic_code = eic_codes.eic_code

)

select * from final
