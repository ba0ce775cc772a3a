{%- set inputs = ['raw_rte.balancing_energy_prices'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={
        'entity': [],
        'values': [
            'upward_mean_price_eur_per_mwh', 'downward_mean_price_eur_per_mwh', 'upward_marginal_price_eur_per_mwh',
            'downward_marginal_price_eur_per_mwh'
        ]
    }
) }}
{%- set days = changed_days(inputs) %}

with

prices as (

    select * from {{ ref('stg_rte__balancing_energy_prices') }}
    where {{ in_days(days, instant='raw_instant') }}

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by date_paris) as step_minutes
    from prices

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
        upward_mean_price_eur_per_mwh,
        downward_mean_price_eur_per_mwh,
        upward_marginal_price_eur_per_mwh,
        downward_marginal_price_eur_per_mwh,
        rr_clearing_price_eur_per_mwh,
        afrr_upward_mean_price_eur_per_mwh,
        afrr_downward_mean_price_eur_per_mwh,
        source_updated_at,
        stepped.read_at
    from periods
    left join stepped on periods.period_start_at = stepped.period_start_at

)

select * from final
