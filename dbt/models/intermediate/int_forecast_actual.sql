{{ config(materialized='view', tags=['forecasts']) }}

with

loads as (

    select
        'load' as target,
        'FR' as entity,
        {{ hour_of('period_start_at') }} as period_start_at,
        date_paris,
        avg(load_mw) as actual_value
    from {{ ref('fct_load') }}
    where load_kind = 'realised'
    group by 3, 4
    having count(load_mw) = 4

),

generation as (

    select
        case when production_type = 'solar' then 'solar' else 'wind' end as target,
        production_type as entity,
        {{ hour_of('period_start_at') }} as period_start_at,
        date_paris,
        avg(generation_mw) as actual_value
    from {{ ref('fct_generation') }}
    where production_type in ('wind_onshore', 'wind_offshore', 'solar')
    group by 1, 2, 3, 4
    having sum(
        case when generation_mw is not null then {{ minutes_between('period_start_at', 'period_end_at') }} end
    ) = 60

),

air_quality as (

    select
        'air_quality' as target,
        cast(station_id as varchar) || ' ' || pollutant as entity,
        period_start_at,
        date_paris,
        concentration as actual_value
    from {{ ref('fct_air_quality_hourly') }}
    where concentration is not null

),

underperformance as (

    select
        'underperformance' as target,
        production_type as entity,
        period_start_at,
        date_paris,
        case when is_underperforming then 1.0 else 0.0 end as actual_value
    from {{ ref('mart_underperformance_features') }}
    where is_underperforming is not null

),

final as (

    {% for part in ['loads', 'generation', 'air_quality', 'underperformance'] -%}
    select
        target,
        entity,
        period_start_at,
        date_paris,
        cast(actual_value as double) as actual_value
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
