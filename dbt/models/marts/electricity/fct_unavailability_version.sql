with

messages as (

    select * from {{ ref('stg_rte__generation_unavailabilities') }}

),

production_types as (

    select * from {{ ref('dim_production_type') }}

),

versions as (

    select
        unavailability_id,
        version_number,
        min(published_at) as published_at
    from messages
    group by unavailability_id, version_number

),

-- A version holds from its publication to that of the next one.
ordered as (

    select
        unavailability_id,
        version_number,
        lead(published_at) over (
            partition by unavailability_id
            order by version_number nulls first, published_at
        ) as superseded_at,
        row_number() over (
            partition by unavailability_id
            order by version_number desc nulls last, published_at desc
        ) = 1 as is_current
    from versions

),

final as (

    select
        messages.unavailability_id,
        messages.version_number,
        messages.period_start_at,
        messages.period_end_at,
        messages.period_start_paris,
        messages.date_paris,
        messages.published_at,
        ordered.superseded_at,
        ordered.is_current,
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
    inner join ordered
        on
            messages.unavailability_id = ordered.unavailability_id
            and messages.version_number is not distinct from ordered.version_number
    left join production_types on messages.rte_production_type = production_types.rte_code

)

select * from final
