{%- set inputs = ['raw_rte.afrr_marginal_price'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

prices as (

    select
        *,
        {{ plus_minutes(hour_of('measured_at'), "15 * cast(floor(extract(minute from measured_at) / 15) as integer)") }}
            as period_start_at
    from {{ ref('stg_rte__afrr_marginal_price') }}
    where {{ in_days(days, instant='raw_instant') }}

),

by_quarter as (

    select
        period_start_at,
        cast({{ to_paris('period_start_at') }} as date) as date_paris,
        avg(upward_price_eur_per_mwh) as upward_mean_price_eur_per_mwh,
        max(upward_price_eur_per_mwh) as upward_max_price_eur_per_mwh,
        avg(downward_price_eur_per_mwh) as downward_mean_price_eur_per_mwh,
        min(downward_price_eur_per_mwh) as downward_min_price_eur_per_mwh,
        avg(demand_mw) as demand_mw,
        avg(activated_mw) as activated_mw,
        avg(activated_in_france_mw) as activated_in_france_mw,
        count(*) / 225.0e0 as completeness,
        max(read_at) as read_at
    from prices
    group by period_start_at

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('by_quarter', [], 15) }}

),

final as (

    select
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        by_quarter.upward_mean_price_eur_per_mwh,
        by_quarter.upward_max_price_eur_per_mwh,
        by_quarter.downward_mean_price_eur_per_mwh,
        by_quarter.downward_min_price_eur_per_mwh,
        by_quarter.demand_mw,
        by_quarter.activated_mw,
        by_quarter.activated_in_france_mw,
        coalesce(by_quarter.completeness, 0) as completeness,
        by_quarter.read_at
    from periods
    left join by_quarter on periods.period_start_at = by_quarter.period_start_at

)

select * from final
