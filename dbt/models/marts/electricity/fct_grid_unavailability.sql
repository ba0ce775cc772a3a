with

messages as (

    select * from {{ ref('stg_rte__transmission_network_unavailabilities') }}

),

eic_codes as (

    select * from {{ ref('eic_codes') }}

),

-- All rows of the last version, and none of it where that version withdraws the outage.
current_versions as (

    select * from messages
    qualify dense_rank() over (
        partition by unavailability_id
        order by version_number desc nulls last
    ) = 1

),

final as (

    select
        versions.unavailability_id,
        versions.version_number,
        versions.direction,
        versions.neighbour_eic_code,
        eic_codes.border_code,
        versions.period_start_at,
        versions.period_end_at,
        versions.period_start_paris,
        versions.date_paris,
        versions.unavailability_kind,
        versions.asset_eic_code,
        versions.asset_name,
        versions.asset_type,
        versions.transfer_capacity_left_mw,
        versions.event_start_at,
        versions.event_end_at,
        versions.reason,
        versions.remarks,
        versions.created_at,
        versions.published_at
    from current_versions as versions
    left join eic_codes on versions.neighbour_eic_code = eic_codes.eic_code
    where
        versions.direction is not null
        and coalesce(versions.event_status not in ('dismissed', 'cancelled', 'inactive'), true)

)

select * from final
