{%- set inputs = ['raw_rte.generation_forecasts'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['production_type', 'forecast_kind', 'sub_type'], 'values': ['forecast_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

forecasts as (

    select * from {{ ref('stg_rte__generation_forecasts') }}
    where {{ in_days(days, instant='raw_instant') }}

),

production_types as (

    select
        rte_code,
        production_type,
        production_type_label
    from {{ ref('dim_production_type') }}

),

sectors as (

    select
        rte_code,
        production_type,
        production_type_label
    from {{ ref('forecast_sectors') }}

),

-- RTE forecasts single types (wind, solar) and sums of types; both are named by a code
names as (

    select * from production_types
    union all
    select * from sectors

),

final as (

    select
        coalesce(names.production_type, lower(forecasts.rte_production_type)) as production_type,
        coalesce(names.production_type_label, forecasts.rte_production_type) as production_type_label,
        forecasts.forecast_kind,
        forecasts.sub_type,
        forecasts.period_start_at,
        forecasts.period_end_at,
        forecasts.period_start_paris,
        forecasts.date_paris,
        forecasts.forecast_mw,
        forecasts.source_updated_at,
        forecasts.read_at
    from forecasts
    left join names on forecasts.rte_production_type = names.rte_code

)

select * from final
