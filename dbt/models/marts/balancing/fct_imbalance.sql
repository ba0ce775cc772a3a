{%- set inputs = ['raw_rte.imbalance_data'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={
        'entity': [],
        'values': [
            'system_imbalance_mwh', 'positive_imbalance_price_eur_per_mwh', 'negative_imbalance_price_eur_per_mwh'
        ]
    }
) }}
{%- set days = changed_days(inputs) %}

with

imbalances as (

    select * from {{ ref('stg_rte__imbalance_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by date_paris) as step_minutes
    from imbalances

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        periods.step_minutes as resolution_minutes,
        stepped.system_imbalance_mwh,
        stepped.system_imbalance_mwh * 60 / stepped.resolution_minutes as system_imbalance_mw,
        stepped.system_state,
        stepped.positive_imbalance_price_eur_per_mwh,
        stepped.negative_imbalance_price_eur_per_mwh,
        stepped.missing_data,
        case when stepped.period_start_at is not null then stepped.missing_data is not null end as is_provisional,
        stepped.source_updated_at,
        stepped.read_at
    from periods
    left join stepped on periods.period_start_at = stepped.period_start_at

)

select * from final
