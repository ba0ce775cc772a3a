with

yearly as (

    select
        *,
        'year' as time_step
    from {{ ref('stg_energy_charts__installed_power') }}

),

monthly as (

    select
        *,
        'month' as time_step
    from {{ ref('stg_energy_charts__installed_power_monthly') }}

),

types as (

    select * from {{ ref('energy_charts_types') }}

),

both_steps as (

    select * from yearly
    union all
    select * from monthly

),

final as (

    select
        both_steps.country,
        both_steps.time_step,
        both_steps.energy_charts_label,
        coalesce(types.production_type, lower(replace(both_steps.energy_charts_label, ' ', '_'))) as production_type,
        coalesce(types.production_group, 'other') as production_group,
        both_steps.series_class,
        both_steps.valid_from,
        case when both_steps.series_class <> 'storage_energy' then both_steps.series_value end as installed_power_gw,
        case when both_steps.series_class = 'storage_energy' then both_steps.series_value end as storage_energy_gwh,
        both_steps.source_updated_at
    from both_steps
    left join types on both_steps.energy_charts_label = types.energy_charts_label

)

select * from final
