{%- set inputs = ['mart_price_hourly', 'fct_load', 'fct_generation'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    post_hook="{{ note_built_days() }}"
) }}
{%- set days = changed_days(inputs) %}

with

prices as (

    select * from {{ ref('mart_price_hourly') }}
    where
        bidding_zone = 'FR'
        and {{ in_days(days, day='date_paris') }}

),

loads as (

    select
        {{ hour_of('period_start_at') }} as period_start_at,
        avg(load_mw) as load_mw
    from {{ ref('fct_load') }}
    where
        load_kind = 'realised'
        and {{ in_days(days, day='date_paris') }}
    group by 1
    having count(load_mw) = 4

),

-- Wind at sea came later: on a day without any of it there is none to add.
generation as (

    select
        period_start_at,
        case
            when
                count(case when production_type <> 'solar' then generation_mw end)
                = count(case when production_type <> 'solar' then 1 end)
                then sum(case when production_type <> 'solar' then generation_mw end)
        end as wind_mw,
        sum(case when production_type = 'solar' then generation_mw end) as solar_mw
    from {{ ref('fct_generation') }}
    where
        production_type in ('wind_onshore', 'wind_offshore', 'solar')
        and {{ in_days(days, day='date_paris') }}
    group by period_start_at
    having count(case when production_type = 'wind_onshore' then generation_mw end) = 1

),

final as (

    select
        prices.period_start_at,
        prices.date_paris,
        prices.price_eur_per_mwh,
        loads.load_mw,
        generation.wind_mw,
        generation.solar_mw,
        loads.load_mw - generation.wind_mw - generation.solar_mw as residual_load_mw
    from prices
    left join loads on prices.period_start_at = loads.period_start_at
    left join generation on prices.period_start_at = generation.period_start_at

)

select * from final
