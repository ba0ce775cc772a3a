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

current_rows as (

    select
        versions.*,
        plants.unit_key,
        plants.plant_key
    from versions
    inner join last_versions
        on
            versions.unavailability_id = last_versions.unavailability_id
            and versions.version_number is not distinct from last_versions.version_number
    left join {{ ref('int_production_plants') }} as plants on versions.unit_eic_code = plants.unit_eic_code
    where versions.is_in_force

),

-- rows of plants that rows of their units tell again, be it for a part of the time
told_by_units as (

    select distinct
        plants.unavailability_id,
        plants.period_start_at
    from current_rows as plants
    inner join current_rows as units
        on
            plants.plant_key = units.plant_key
            and plants.production_type = units.production_type
            and plants.unit_key in (plants.plant_key, units.unit_key)
            and (plants.period_end_at is null or plants.period_end_at > units.period_start_at)
            and (units.period_end_at is null or plants.period_start_at < units.period_end_at)
    where
        plants.unit_level = 'production_unit'
        and units.unit_level = 'generation_unit'
        and units.unavailable_mw > 0

),

final as (

    select
        current_rows.unavailability_id,
        current_rows.version_number,
        current_rows.period_start_at,
        current_rows.period_end_at,
        current_rows.period_start_paris,
        cast(current_rows.period_start_paris as date) as date_paris,
        current_rows.unavailability_kind,
        current_rows.unit_eic_code,
        current_rows.unit_name,
        current_rows.unit_level,
        told_by_units.unavailability_id is null as is_counted,
        current_rows.production_type,
        current_rows.operator_name,
        current_rows.installed_capacity_mw,
        current_rows.available_mw,
        current_rows.unavailable_mw,
        current_rows.unavailable_mw
        * {{ minutes_between('current_rows.period_start_at', 'current_rows.period_end_at') }} / 60.0 / 1000
            as unavailable_gwh,
        current_rows.event_start_at,
        current_rows.event_end_at,
        current_rows.reason,
        current_rows.remarks,
        current_rows.created_at,
        current_rows.published_at
    from current_rows
    left join told_by_units
        on
            current_rows.unavailability_id = told_by_units.unavailability_id
            and current_rows.period_start_at = told_by_units.period_start_at
            and current_rows.unit_level = 'production_unit'

)

select * from final
