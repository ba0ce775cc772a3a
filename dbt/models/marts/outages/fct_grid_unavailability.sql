with

versions as (

    select * from {{ ref('fct_grid_unavailability_version') }}

),

-- All rows of the last version, and none of it where that version withdraws the outage.
last_versions as (

    select
        unavailability_id,
        max(version_number) as version_number
    from versions
    group by unavailability_id

),

final as (

    select
        versions.unavailability_id,
        versions.version_number,
        versions.direction,
        versions.neighbour_eic_code,
        versions.border_code,
        versions.period_start_at,
        versions.period_end_at,
        versions.period_start_paris,
        cast(versions.period_start_paris as date) as date_paris,
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
    from versions
    inner join last_versions
        on
            versions.unavailability_id = last_versions.unavailability_id
            and versions.version_number is not distinct from last_versions.version_number
    where versions.is_in_force

)

select * from final
