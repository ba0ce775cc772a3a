{%- set inputs = ['raw_rte.consumption_short_term'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['load_kind'], 'values': ['load_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

consumption as (

    select * from {{ ref('stg_rte__consumption_short_term') }}
    where
        not is_phantom_label
        and {{ in_days(days, instant='raw_instant') }}

),

final as (

    select
        load_kind,
        case load_kind
            when 'realised' then 'Realised'
            when 'intraday_forecast' then 'Intraday forecast'
            when 'day_ahead_forecast' then 'Day-ahead forecast'
            when 'two_days_ahead_forecast' then 'Two-days-ahead forecast'
            else load_kind
        end as load_kind_label,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        load_mw,
        source_updated_at,
        read_at
    from consumption

)

select * from final
