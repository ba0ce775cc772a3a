{%- set inputs = ['raw_energy_charts.day_ahead_prices', 'raw_rte.france_power_exchanges'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: two sources, each with its period columns.
with

energy_charts as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        raw_stream = 'day_ahead_prices'
        and reject_reason is null
        and {{ in_days(days, instant='raw_instant') }}

),

rte as (

    select * from {{ ref('stg_rte__france_power_exchanges') }}
    where {{ in_days(days, instant='raw_instant') }}

),

energy_charts_days as (

    select
        date_paris,
        sum(resolution_minutes) as minutes
    from energy_charts
    where ec_area = 'FR'
    group by date_paris

),

-- Of a French day one source is taken whole: Energy-Charts, whose figures are free and reach back, unless RTE has more.
rte_days as (

    select rte.date_paris
    from rte
    left join energy_charts_days on rte.date_paris = energy_charts_days.date_paris
    group by rte.date_paris
    having sum(rte.resolution_minutes) > coalesce(max(energy_charts_days.minutes), 0)

),

chosen as (

    select
        ec_area as bidding_zone,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        resolution_minutes,
        series_value as price_eur_per_mwh,
        'energy_charts' as price_source,
        series_detail as licence
    from energy_charts
    where ec_area <> 'FR' or date_paris not in (select rte_days.date_paris from rte_days)
    union all
    select
        'FR' as bidding_zone,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        resolution_minutes,
        price_eur_per_mwh,
        'rte' as price_source,
        'Restricted by EPEX SPOT and Nord Pool' as licence
    from rte
    where date_paris in (select rte_days.date_paris from rte_days)

),

final as (

    select
        chosen.bidding_zone,
        chosen.period_start_at,
        chosen.period_end_at,
        chosen.period_start_paris,
        chosen.date_paris,
        chosen.price_eur_per_mwh,
        rte.volume_mw,
        chosen.resolution_minutes,
        chosen.price_source,
        chosen.licence,
        rte.price_eur_per_mwh as rte_price_eur_per_mwh
    from chosen
    left join rte
        on
            chosen.bidding_zone = 'FR'
            and chosen.period_start_at = rte.period_start_at
            and chosen.resolution_minutes = rte.resolution_minutes

)

select * from final
