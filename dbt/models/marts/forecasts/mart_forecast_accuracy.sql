{#- Above the usual 80 lines: sums and means of every measure, and of three models beside. -#}
{%- set inputs = ['fct_forecast'] -%}
{%- set peers = ['naive', 'persistence', 'rte_day_ahead'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs, reach=8) }}
{%- set days = changed_days(inputs) %}

with

targets as (

    select * from {{ ref('forecast_targets') }}

),

scored as (

    select
        forecasts.*,
        targets.loss,
        targets.naive_model,
        case
            when targets.loss = 'squared_error' then forecasts.error_value * forecasts.error_value
            else abs(forecasts.error_value)
        end as loss_value,
        case
            when abs(forecasts.actual_value) >= targets.percentage_from
                then abs(forecasts.error_value) / abs(forecasts.actual_value)
        end as percentage_error,
        (
            {{ pinball_loss(0.1, 'forecasts.forecast_p10', 'forecasts.actual_value') }}
            + {{ pinball_loss(0.5, 'forecasts.forecast_p50', 'forecasts.actual_value') }}
            + {{ pinball_loss(0.9, 'forecasts.forecast_p90', 'forecasts.actual_value') }}
        ) / 3 as pinball,
        case
            -- a band without width, the sun's at night, says nothing of how wide one must be
            when forecasts.forecast_p10 is null or forecasts.forecast_p90 <= forecasts.forecast_p10 then null
            when forecasts.actual_value between forecasts.forecast_p10 and forecasts.forecast_p90 then 1
            else 0
        end as is_inside
    from {{ ref('fct_forecast') }} as forecasts
    inner join targets on forecasts.target = targets.target
    where
        forecasts.error_value is not null
        and {{ in_days(days, day='forecasts.date_paris') }}

),

-- each forecast beside those of the same issue and period
compared as (

    select
        {% for peer in peers -%}
        {{ peer }}.loss_value as {{ peer }}_loss_value,
        {% endfor -%}
        scored.*
    from scored
    {% for peer in peers -%}
    left join scored as {{ peer }}
        on
            scored.target = {{ peer }}.target
            and scored.entity = {{ peer }}.entity
            and scored.forecast_kind = {{ peer }}.forecast_kind
            and scored.issued_at = {{ peer }}.issued_at
            and scored.period_start_at = {{ peer }}.period_start_at
            and {{ peer }}.model = {{ 'scored.naive_model' if peer == 'naive' else "'" ~ peer ~ "'" }}
    {% endfor %}

),

summed as (

    select
        target,
        target_label,
        entity,
        entity_label,
        model,
        model_label,
        forecast_kind,
        horizon_hours,
        date_paris,
        unit,
        loss,
        count(*) as periods,
        sum(error_value) as error_sum,
        sum(abs(error_value)) as absolute_error_sum,
        sum(error_value * error_value) as squared_error_sum,
        count(percentage_error) as percentage_periods,
        sum(percentage_error) as percentage_error_sum,
        count(pinball) as interval_periods,
        sum(pinball) as pinball_sum,
        count(is_inside) as band_periods,
        sum(is_inside) as inside_periods,
        {% for peer in peers -%}
        count({{ peer }}_loss_value) as {{ peer }}_periods,
        sum({{ peer }}_loss_value) as {{ peer }}_loss_sum,
        sum(case when {{ peer }}_loss_value is not null then loss_value end) as loss_beside_{{ peer }}_sum,
        {% endfor -%}
        sum(loss_value) as loss_sum
    from compared
    group by
        target, target_label, entity, entity_label, model, model_label, forecast_kind, horizon_hours, date_paris, unit,
        loss

),

final as (

    select
        target,
        target_label,
        entity,
        entity_label,
        model,
        model_label,
        forecast_kind,
        horizon_hours,
        case
            when horizon_hours < 6 then '0 to 5 h'
            when horizon_hours < 12 then '6 to 11 h'
            when horizon_hours < 24 then '12 to 23 h'
            else '24 h and more'
        end as horizon_band,
        date_paris,
        unit,
        loss,
        cast(periods as integer) as periods,
        cast(absolute_error_sum as double) / periods as mae,
        cast(error_sum as double) / periods as bias,
        cast(percentage_error_sum as double) / nullif(percentage_periods, 0) as mape,
        cast(pinball_sum as double) / nullif(interval_periods, 0) as pinball,
        cast(inside_periods as double) / nullif(band_periods, 0) as coverage,
        case when loss = 'squared_error' then cast(squared_error_sum as double) / periods end as brier,
        cast(error_sum as double) as error_sum,
        cast(absolute_error_sum as double) as absolute_error_sum,
        cast(squared_error_sum as double) as squared_error_sum,
        cast(percentage_periods as integer) as percentage_periods,
        cast(percentage_error_sum as double) as percentage_error_sum,
        cast(interval_periods as integer) as interval_periods,
        cast(pinball_sum as double) as pinball_sum,
        cast(band_periods as integer) as band_periods,
        cast(inside_periods as integer) as inside_periods,
        {% for peer in peers -%}
        cast({{ peer }}_periods as integer) as {{ peer }}_periods,
        cast({{ peer }}_loss_sum as double) as {{ peer }}_loss_sum,
        cast(loss_beside_{{ peer }}_sum as double) as loss_beside_{{ peer }}_sum,
        {% endfor -%}
        cast(loss_sum as double) as loss_sum
    from summed

)

select * from final
