with

versions as (

    select * from {{ ref('fct_unavailability_version') }}

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
        versions.period_start_at,
        versions.period_end_at,
        versions.period_start_paris,
        cast(versions.period_start_paris as date) as date_paris,
        versions.unavailability_kind,
        versions.unit_eic_code,
        versions.unit_name,
        versions.unit_level,
        versions.production_type,
        versions.operator_name,
        versions.installed_capacity_mw,
        versions.available_mw,
        versions.unavailable_mw,
        versions.unavailable_mw
        * {{ minutes_between('versions.period_start_at', 'versions.period_end_at') }} / 60.0 / 1000 as unavailable_gwh,
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
