{%- set inputs = ['raw_rte.losses_forecasts'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['forecast_kind'], 'values': ['losses_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

forecasts as (

    select * from {{ ref('stg_rte__losses_forecasts') }}
    where {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        forecast_kind,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        losses_mw,
        source_updated_at,
        read_at
    from forecasts

)

select * from final
