with

versions as (

    select * from {{ ref('fct_unavailability_version') }}
    where
        is_current
        and is_in_force

),

final as (

    select
        unavailability_id,
        version_number,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        unavailability_kind,
        unit_eic_code,
        unit_name,
        unit_level,
        production_type,
        operator_name,
        installed_capacity_mw,
        available_mw,
        unavailable_mw,
        unavailable_mw * {{ minutes_between('period_start_at', 'period_end_at') }} / 60.0 / 1000 as unavailable_gwh,
        event_start_at,
        event_end_at,
        reason,
        remarks,
        created_at,
        published_at
    from versions

)

select * from final
