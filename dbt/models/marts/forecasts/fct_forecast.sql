{#- Above the usual 80 lines: what was foreseen and what came true are two kinds of inputs. -#}
{%- set inputs = [
    'raw_forecast.predictions', 'fct_load', 'fct_generation', 'fct_air_quality_hourly', 'mart_underperformance_features'
] -%}
{#- reach: that of the features, whose days before a day are expected again of it -#}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs, reach=8) }}
{%- set days = changed_days(inputs) %}

with

-- by the raw column first, with a day more on both sides as it is UTC: the rest stays unread
predictions as (

    select * from {{ ref('stg_forecasts__predictions') }}
    where
        {{ in_days(days, day='period_start_at', before=1, after=1) }}
        and {{ in_days(days, day='date_paris') }}

),

actuals as (

    select * from {{ ref('int_forecast_actual') }}
    where {{ in_days(days, day='date_paris') }}

),

targets as (

    select * from {{ ref('forecast_targets') }}

),

entities as (

    select * from {{ ref('int_forecast_entities') }}

),

models as (

    select * from {{ ref('forecast_models') }}

),

periods as (

    select
        target,
        entity,
        model,
        forecast_kind,
        issued_at,
        period_start_at,
        max(model_version) as model_version,
        max(horizon_minutes) as horizon_minutes,
        max(period_end_at) as period_end_at,
        max(period_start_paris) as period_start_paris,
        max(date_paris) as date_paris,
        {%- for quantile in [10, 50, 90] %}
        max(case when quantile_pct = {{ quantile }} then predicted_value end) as forecast_p{{ quantile }},
        {%- endfor %}
        max(written_at) as written_at
    from predictions
    group by target, entity, model, forecast_kind, issued_at, period_start_at

),

final as (

    select
        periods.target,
        coalesce(targets.target_label, periods.target) as target_label,
        periods.entity,
        coalesce(entities.entity_label, periods.entity) as entity_label,
        periods.model,
        coalesce(models.model_label, periods.model) as model_label,
        periods.model_version,
        periods.forecast_kind,
        periods.issued_at,
        {{ to_paris('periods.issued_at') }} as issued_paris,
        periods.horizon_minutes,
        cast(floor(periods.horizon_minutes / 60.0) as integer) as horizon_hours,
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        coalesce(entities.unit, targets.unit, '') as unit,
        periods.forecast_p10,
        periods.forecast_p50,
        periods.forecast_p90,
        actuals.actual_value,
        periods.forecast_p50 - actuals.actual_value as error_value,
        periods.written_at
    from periods
    left join actuals
        on
            periods.target = actuals.target
            and periods.entity = actuals.entity
            and periods.period_start_at = actuals.period_start_at
    left join targets on periods.target = targets.target
    left join models on periods.model = models.model
    left join entities
        on
            periods.target = entities.target
            and periods.entity = entities.entity

)

select * from final
