{%- set inputs = ['raw_rte.consumption_short_term'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['load_kind', 'period_start_at'],
    post_hook=note_built_days_hook(inputs)
) }}

with

consumption as (

    select * from {{ ref('stg_rte__consumption_short_term') }}
    where
        not is_phantom_label
        {% if is_incremental() %}
        and date_paris in ({{ changed_days(inputs) }})
        {% endif %}

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
        source_updated_at
    from consumption

)

select * from final
