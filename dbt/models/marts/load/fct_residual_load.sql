{%- set inputs = ['fct_load', 'fct_generation', 'fct_generation_mix', 'fct_generation_forecast'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

-- Longer than others: wind and sun are laid on the quarters from three sources, in the same way each.
with

loads as (

    select
        period_start_at,
        date_paris,
        max(case when load_kind = 'realised' then load_mw end) as load_mw,
        max(case when load_kind = 'day_ahead_forecast' then load_mw end) as load_day_ahead_mw
    from {{ ref('fct_load') }}
    where {{ in_days(days, day='date_paris') }}
    group by 1, 2

),

-- every quarter of each day that has any load
periods as (

    select * from {{ ref('int_periods') }}
    where
        {{ in_days(days, day='date_paris') }}
        and date_paris in (select loads.date_paris from loads)

),

generation as (

    select * from {{ ref('fct_generation') }}
    where {{ in_days(days, day='date_paris') }}

),

mix as (

    select
        mix_type as production_type,
        power_mw as generation_mw,
        period_start_at,
        period_end_at,
        date_paris
    from {{ ref('fct_generation_mix') }}
    where {{ in_days(days, day='date_paris') }}

),

forecasts as (

    select
        production_type,
        forecast_mw as generation_mw,
        period_start_at,
        period_end_at,
        date_paris
    from {{ ref('fct_generation_forecast') }}
    where
        forecast_kind = 'day_ahead'
        and {{ in_days(days, day='date_paris') }}

),

{% for source in ['generation', 'mix', 'forecasts'] %}
-- Wind comes as one figure, or in two parts; a day that has wind at sea needs both.
{{ source }}_quarters as (

    select
        periods.period_start_at,
        coalesce(
            max(case when production_type = 'wind' then generation_mw end),
            max(case when production_type = 'wind_onshore' then generation_mw end)
            + case
                when max(has_wind_offshore) = 0 then 0
                else max(case when production_type = 'wind_offshore' then generation_mw end)
            end
        ) as wind_mw,
        max(case when production_type = 'solar' then generation_mw end) as solar_mw
    from (
        select
            *,
            max(case when production_type = 'wind_offshore' then 1 else 0 end) over (
                partition by date_paris
            ) as has_wind_offshore
        from {{ source }}
        where production_type in ('wind', 'wind_onshore', 'wind_offshore', 'solar')
    ) as parts
    inner join periods
        on
            {{ hour_of('parts.period_start_at') }} = {{ hour_of('periods.period_start_at') }}
            and parts.period_start_at <= periods.period_start_at
            and parts.period_end_at > periods.period_start_at
    group by periods.period_start_at

),
{% endfor %}

joined as (

    select
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        loads.load_mw,
        coalesce(mix_quarters.wind_mw + mix_quarters.solar_mw is not null, false) as has_mix,
        mix_quarters.wind_mw as mix_wind_mw,
        mix_quarters.solar_mw as mix_solar_mw,
        generation_quarters.wind_mw as hourly_wind_mw,
        generation_quarters.solar_mw as hourly_solar_mw,
        loads.load_day_ahead_mw,
        forecasts_quarters.wind_mw as wind_day_ahead_mw,
        forecasts_quarters.solar_mw as solar_day_ahead_mw
    from periods
    left join loads on periods.period_start_at = loads.period_start_at
    left join mix_quarters on periods.period_start_at = mix_quarters.period_start_at
    left join generation_quarters on periods.period_start_at = generation_quarters.period_start_at
    left join forecasts_quarters on periods.period_start_at = forecasts_quarters.period_start_at

),

-- The mix has quarters; the figures by type, which reach further back, are of whole hours. Never one of each.
chosen as (

    select
        *,
        case when has_mix then mix_wind_mw else hourly_wind_mw end as wind_mw,
        case when has_mix then mix_solar_mw else hourly_solar_mw end as solar_mw
    from joined

),

final as (

    select
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        load_mw,
        wind_mw,
        solar_mw,
        load_mw - wind_mw - solar_mw as residual_load_mw,
        cast(case when has_mix then 15 when wind_mw + solar_mw is not null then 60 end as integer)
            as renewables_resolution_minutes,
        load_day_ahead_mw,
        wind_day_ahead_mw,
        solar_day_ahead_mw,
        load_day_ahead_mw - wind_day_ahead_mw - solar_day_ahead_mw as residual_load_day_ahead_mw
    from chosen

)

select * from final
