{{ config(tags=['forecasts']) }}

with

production_types as (

    select
        production_type,
        production_type_label
    from {{ ref('dim_production_type') }}

),

stations as (

    select
        station_id,
        station_label
    from {{ ref('dim_air_station') }}

),

pollutants as (

    select * from {{ ref('air_quality_pollutants') }}

),

final as (

    select
        'load' as target,
        'FR' as entity,
        'France' as entity_label,
        cast(null as varchar) as unit
    union all
    {%- for target, types in {'wind': ['wind_onshore', 'wind_offshore'], 'solar': ['solar']}.items() %}
    select
        '{{ target }}' as target,
        production_type as entity,
        production_type_label as entity_label,
        cast(null as varchar) as unit
    from production_types
    where production_type in ('{{ types | join("', '") }}')
    union all
    {%- endfor %}
    select
        'underperformance' as target,
        production_type as entity,
        production_type_label as entity_label,
        cast(null as varchar) as unit
    from production_types
    union all
    select
        'air_quality' as target,
        cast(stations.station_id as varchar) || ' ' || pollutants.pollutant as entity,
        stations.station_label || ' ' || pollutants.pollutant_label as entity_label,
        pollutants.unit
    from stations
    cross join pollutants

)

select * from final
