{%- set inputs = ['raw_rte.exchange_schedules'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['border_code', 'schedule_kind'], 'values': ['export_mw', 'import_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

schedules as (

    select * from {{ ref('stg_rte__exchange_schedules') }}
    where {{ in_days(days, instant='raw_instant') }}

),

{{ both_directions('schedules', 'schedule_kind', 'schedule_mw') }},

final as (

    select
        *,
        export_mw - import_mw as net_export_mw
    from both_directions

)

select * from final
