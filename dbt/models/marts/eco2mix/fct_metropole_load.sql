{%- set inputs = ['raw_odre.eco2mix_metropoles_tr'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['metropole_code'], 'values': ['load_mw', 'generation_mw', 'net_import_mw']}
) }}
{%- set days = changed_days(inputs) %}

with

published as (

    select
        *,
        15 as resolution_minutes
    from {{ ref('stg_odre__eco2mix_metropoles_tr') }}
    where not is_phantom_label and {{ in_days(days, instant='raw_instant') }}

),

periods as (

    {{ eco2mix_periods('published', ['metropole_code', 'metropole_name']) }}

),

final as (

    select
        periods.metropole_code,
        periods.metropole_name,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        published.load_mw,
        published.generation_mw,
        published.net_import_mw,
        published.read_at
    from periods
    left join published
        on periods.metropole_code = published.metropole_code and periods.period_start_at = published.period_start_at

)

select * from final
