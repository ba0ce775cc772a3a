{%- set inputs = ['int_public_power_daily'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs, reach=30) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: what is looked back at is named one by one.
with

daily as (

    select * from {{ ref('int_public_power_daily') }}
    where
        series_class = 'generation'
        and {{ in_days(days, day='date_paris', before=30) }}

),

numbers as (

    {{ numbers(2) }}

),

-- Each day counts for itself and the thirty days after it.
looked_back as (

    select
        daily.country,
        daily.production_type,
        {{ plus_days('daily.date_paris', 'numbers.n') }} as date_paris,
        max(case when numbers.n = 1 then daily.energy_gwh end) as energy_1_day_before_gwh,
        max(case when numbers.n = 7 then daily.energy_gwh end) as energy_7_days_before_gwh,
        case
            when count(case when numbers.n < 7 then daily.energy_gwh end) >= 5
                then avg(case when numbers.n < 7 then daily.energy_gwh end)
        end as mean_7_days_gwh,
        case
            when count(case when numbers.n < 30 then daily.energy_gwh end) >= 20
                then avg(case when numbers.n < 30 then daily.energy_gwh end)
        end as mean_30_days_gwh
    from daily
    cross join numbers
    where numbers.n < 31
    group by 1, 2, 3

),

-- A total without one of its types would make the shares of the others too large.
totals as (

    select
        country,
        date_paris,
        case when count(energy_gwh) = count(*) then sum(energy_gwh) end as generation_gwh
    from daily
    group by country, date_paris

),

final as (

    select
        daily.country,
        daily.production_type,
        daily.production_type_label,
        daily.production_group,
        daily.period_start_at,
        daily.period_end_at,
        daily.period_start_paris,
        daily.date_paris,
        daily.energy_gwh,
        daily.energy_gwh - looked_back.energy_1_day_before_gwh as change_1_day_gwh,
        daily.energy_gwh - looked_back.energy_7_days_before_gwh as change_7_days_gwh,
        looked_back.mean_7_days_gwh,
        looked_back.mean_30_days_gwh,
        100 * (looked_back.mean_7_days_gwh / nullif(looked_back.mean_30_days_gwh, 0) - 1) as trend_pct,
        100 * daily.energy_gwh / nullif(totals.generation_gwh, 0) as share_of_generation_pct,
        cast(daily.hours as double) as hours
    from daily
    inner join looked_back
        on
            daily.country = looked_back.country
            and daily.production_type = looked_back.production_type
            and daily.date_paris = looked_back.date_paris
    inner join totals
        on
            daily.country = totals.country
            and daily.date_paris = totals.date_paris
    where {{ in_days(days, day='daily.date_paris') }}

)

select * from final
