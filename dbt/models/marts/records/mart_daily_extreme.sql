{%- set inputs = [
    'fct_load', 'fct_generation', 'fct_residual_load', 'mart_price_hourly', 'mart_mix_half_hour',
    'mart_hourly_energy_weather'
] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}
{%- set measures = [
    ('load', 'Load', 'MW', 'fct_load', 'load_mw', "load_kind = 'realised'", none),
    ('residual_load', 'Residual load', 'MW', 'fct_residual_load', 'residual_load_mw', 'true', none),
    ('net_export', 'Net exports', 'MW', 'mart_hourly_energy_weather', 'net_export_mw', 'true', none),
    ('day_ahead_price', 'Day-ahead price', 'EUR/MWh', 'mart_price_hourly', 'price_eur_per_mwh',
     "bidding_zone = 'FR'", none),
    ('carbon_intensity', 'Carbon intensity', 'g/kWh', 'mart_mix_half_hour', 'co2_g_per_kwh', "area_code = 'FR'",
     'maturity'),
] %}

with

amounts as (

    {% for measure, label, unit, mart, column, condition, maturity in measures %}
    select
        '{{ measure }}' as measure,
        '{{ label }}' as measure_label,
        '{{ unit }}' as unit,
        {{ column }} as amount,
        cast({{ maturity or 'null' }} as varchar) as maturity,
        period_start_at,
        period_end_at,
        date_paris
    from {{ ref(mart) }}
    where
        {{ condition }}
        and {{ column }} is not null
        and {{ in_days(days, day='date_paris') }}
    union all
    {% endfor %}
    select
        'generation_' || production_type as measure,
        'Generation: ' || production_type_label as measure_label,
        'MW' as unit,
        generation_mw as amount,
        cast(null as varchar) as maturity,
        period_start_at,
        period_end_at,
        date_paris
    from {{ ref('fct_generation') }}
    where
        generation_mw is not null
        and {{ in_days(days, day='date_paris') }}

),

with_extremes as (

    select
        *,
        max(amount) over (partition by measure, date_paris) as highest,
        min(amount) over (partition by measure, date_paris) as lowest
    from amounts

),

-- Of equal values the first of the day.
final as (

    select
        measure,
        max(measure_label) as measure_label,
        max(unit) as unit,
        date_paris,
        max(amount) as highest,
        min(case when amount = highest then period_start_at end) as highest_start_at,
        min(case when amount = highest then period_end_at end) as highest_end_at,
        min_by(case when amount = highest then maturity end, case when amount = highest then period_start_at end)
            as highest_maturity,
        min(amount) as lowest,
        min(case when amount = lowest then period_start_at end) as lowest_start_at,
        min(case when amount = lowest then period_end_at end) as lowest_end_at,
        min_by(case when amount = lowest then maturity end, case when amount = lowest then period_start_at end)
            as lowest_maturity
    from with_extremes
    group by measure, date_paris

)

select * from final
