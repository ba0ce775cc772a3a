{%- set inputs = ['raw_rte.standard_afrr_data', 'raw_rte.standard_mfrr_data', 'raw_rte.standard_rr_data'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

-- Over 80 lines: three platforms, each with columns of its own.
with

afrr as (

    select * from {{ ref('stg_rte__standard_afrr_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

mfrr as (

    select * from {{ ref('stg_rte__standard_mfrr_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

rr as (

    select * from {{ ref('stg_rte__standard_rr_data') }}
    where {{ in_days(days, instant='raw_instant') }}

),

activations as (

    {% for direction in ['upward', 'downward'] -%}
    select
        'afrr' as reserve,
        '{{ direction }}' as direction,
        period_start_at,
        date_paris,
        resolution_minutes,
        {{ direction }}_requested_mw as requested_mw,
        {{ direction }}_activated_mw as activated_mw,
        {{ direction }}_activated_in_france_mw as activated_in_france_mw,
        cast(null as double) as activated_direct_mw,
        {{ direction }}_price_eur_per_mwh as price_eur_per_mwh,
        read_at
    from afrr
    union all
    {% endfor -%}
    -- RTE doesn't tell upward from downward on this platform
    select
        'mfrr' as reserve,
        'undivided' as direction,
        period_start_at,
        date_paris,
        resolution_minutes,
        requested_scheduled_mw + requested_direct_mw as requested_mw,
        activated_scheduled_mw + activated_direct_mw as activated_mw,
        cast(null as double) as activated_in_france_mw,
        activated_direct_mw,
        price_eur_per_mwh,
        read_at
    from mfrr
    union all
    select
        'rr' as reserve,
        direction,
        period_start_at,
        date_paris,
        resolution_minutes,
        requested_mw,
        activated_mw,
        cast(null as double) as activated_in_france_mw,
        cast(null as double) as activated_direct_mw,
        price_eur_per_mwh,
        read_at
    from rr

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by reserve, direction, date_paris) as step_minutes
    from activations

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['reserve', 'direction', 'step_minutes'], 'days.step_minutes') }}

),

final as (

    select
        periods.reserve,
        periods.direction,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.requested_mw,
        stepped.activated_mw,
        stepped.activated_in_france_mw,
        stepped.activated_direct_mw,
        stepped.price_eur_per_mwh,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.reserve = stepped.reserve
            and periods.direction = stepped.direction
            and periods.period_start_at = stepped.period_start_at

)

select * from final
