{%- set inputs = ['raw_rte.result_procured_reserves'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

reserves as (

    select * from {{ ref('stg_rte__result_procured_reserves') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (
            partition by reserve, product, procurement_horizon, direction, date_paris
        ) as step_minutes
    from reserves

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of(
        'stepped',
        ['reserve', 'product', 'procurement_horizon', 'direction', 'step_minutes'],
        'days.step_minutes'
    ) }}

),

final as (

    select
        periods.reserve,
        periods.product,
        periods.procurement_horizon,
        periods.direction,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.offered_mw,
        stepped.contracted_mw,
        stepped.price_eur_per_mw,
        stepped.contracted_mw * stepped.price_eur_per_mw as cost_eur,
        stepped.source_updated_at,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.reserve = stepped.reserve
            and periods.product = stepped.product
            and periods.procurement_horizon = stepped.procurement_horizon
            and periods.direction = stepped.direction
            and periods.period_start_at = stepped.period_start_at

)

select * from final
