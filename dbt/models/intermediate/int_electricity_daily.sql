{%- set inputs = [
    'fct_load', 'fct_residual_load', 'fct_generation', 'fct_day_ahead_price', 'fct_physical_flow',
    'mart_hourly_energy_weather'
] -%}
{%- set groups = ['nuclear', 'hydro', 'wind', 'solar', 'fossil', 'bioenergy'] -%}
{%- set borders = ['GB', 'BE', 'DE', 'CH', 'IT', 'ES'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    on_schema_change='append_new_columns',
    inputs=inputs,
    reach=7,
    post_hook="{{ note_built_days() }}"
) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: what every growing source says of a day, summed up once, is one model.
with

days as (

    select * from {{ ref('int_paris_days') }}
    where {{ in_days(days, day='date_paris') }}

),

loads as (

    select
        *,
        load_mw * {{ minutes_between('period_start_at', 'period_end_at') }} / 60 / 1000 as energy_gwh
    from {{ ref('fct_load') }}
    where
        load_kind = 'realised'
        and {{ in_days(days, day='date_paris') }}

),

residual_loads as (

    select * from {{ ref('fct_residual_load') }}
    where {{ in_days(days, day='date_paris') }}

),

generation as (

    select
        *,
        generation_mw * {{ minutes_between('period_start_at', 'period_end_at') }} / 60 / 1000 as energy_gwh
    from {{ ref('fct_generation') }}
    where {{ in_days(days, day='date_paris', before=7) }}

),

prices as (

    select
        *,
        resolution_minutes / 60.0 as hours
    from {{ ref('fct_day_ahead_price') }}
    where
        bidding_zone = 'FR'
        and price_eur_per_mwh is not null
        and {{ in_days(days, day='date_paris') }}

),

flows as (

    select * from {{ ref('fct_physical_flow') }}
    where {{ in_days(days, day='date_paris') }}

),

hourly as (

    select * from {{ ref('mart_hourly_energy_weather') }}
    where {{ in_days(days, day='date_paris') }}

),

production_types as (

    select * from {{ ref('dim_production_type') }}

),

daily_load as (

    select
        date_paris,
        sum(energy_gwh) as load_gwh,
        avg(load_mw) as load_mean_mw,
        min(load_mw) as load_min_mw,
        max(load_mw) as load_max_mw,
        count(load_mw) as published_quarters
    from loads
    group by date_paris

),

daily_residual_load as (

    select
        date_paris,
        sum(residual_load_mw) / 4000 as residual_load_gwh,
        max(residual_load_mw) as residual_load_max_mw,
        min(residual_load_mw) as residual_load_min_mw,
        count(residual_load_mw) as known_quarters
    from residual_loads
    group by date_paris

),

types_of_day as (

    select
        date_paris,
        production_type,
        sum(energy_gwh) as energy_gwh,
        sum(case when generation_mw < 0 then energy_gwh when generation_mw >= 0 then 0 end) as taken_up_gwh
    from generation
    group by date_paris, production_type

),

days_after as (

    {{ numbers(1) }}

),

-- Types come and go over the years. Those that appear on a day or did in the seven before should be there: RTE may
-- leave one out all day, and its group's sum would look whole.
expected_types as (

    select distinct
        {{ plus_days('types_of_day.date_paris', 'days_after.n') }} as date_paris,
        types_of_day.production_type
    from types_of_day
    inner join days_after on days_after.n <= 7

),

daily_types as (

    select
        expected_types.date_paris,
        kinds.production_type,
        kinds.production_group,
        types_of_day.energy_gwh,
        types_of_day.taken_up_gwh
    from expected_types
    inner join production_types as kinds on expected_types.production_type = kinds.production_type
    left join types_of_day
        on
            expected_types.date_paris = types_of_day.date_paris
            and expected_types.production_type = types_of_day.production_type

),

daily_generation as (

    select
        date_paris,
        {%- for group in groups %}
        case
            when
                count(case when production_group = '{{ group }}' then 1 end)
                = count(case when production_group = '{{ group }}' then energy_gwh end)
                then sum(case when production_group = '{{ group }}' then energy_gwh end)
        end as {{ group }}_gwh,
        {%- endfor %}
        sum(case when production_type = 'hydro_pumped_storage' then taken_up_gwh end) as pumping_gwh,
        sum(case when production_type = 'hydro_pumped_storage' then energy_gwh end) as pumped_storage_gwh,
        sum(case when production_type = 'fossil_gas' then energy_gwh end) as fossil_gas_gwh
    from daily_types
    group by date_paris

),

types_expected as (

    select
        date_paris,
        count(*) as type_count
    from expected_types
    group by date_paris

),

whole_generation as (

    select
        generation.date_paris,
        {{ minutes_between('generation.period_start_at', 'generation.period_end_at') }} / 60.0 as hours
    from generation
    inner join types_expected on generation.date_paris = types_expected.date_paris
    group by generation.date_paris, generation.period_start_at, generation.period_end_at
    having count(generation.generation_mw) = max(types_expected.type_count)

),

daily_whole_generation as (

    select
        date_paris,
        sum(hours) as hours
    from whole_generation
    group by date_paris

),

daily_price as (

    select
        date_paris,
        sum(hours) as hours,
        sum(price_eur_per_mwh * hours) / sum(hours) as price_mean_eur_per_mwh,
        min(price_eur_per_mwh) as price_min_eur_per_mwh,
        max(price_eur_per_mwh) as price_max_eur_per_mwh,
        sum(case when price_eur_per_mwh < 0 then hours else 0 end) as negative_price_hours
    from prices
    group by date_paris

),

daily_border as (

    select
        date_paris,
        {%- for border in borders %}
        sum(case when border_code = '{{ border }}' then net_export_mw end) / 1000 as net_export_{{ border | lower }}_gwh
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from flows
    group by date_paris

),

daily_rest as (

    select
        date_paris,
        sum(net_export_mw) / 1000 as net_export_gwh,
        count(net_export_mw) as net_export_hours,
        count(temperature_celsius) as temperature_hours,
        avg(temperature_celsius) as temperature_mean_celsius,
        min(temperature_celsius) as temperature_min_celsius,
        max(temperature_celsius) as temperature_max_celsius
    from hourly
    group by date_paris

),

final as (

    select
        days.date_paris,
        days.day_start_at as period_start_at,
        days.day_end_at as period_end_at,
        cast(days.date_paris as timestamp) as period_start_paris,
        daily_load.load_gwh,
        daily_load.load_mean_mw,
        daily_load.load_min_mw,
        daily_load.load_max_mw,
        cast(coalesce(daily_load.published_quarters, 0) as double) / days.quarters as load_completeness,
        daily_residual_load.residual_load_gwh,
        daily_residual_load.residual_load_min_mw,
        daily_residual_load.residual_load_max_mw,
        cast(coalesce(daily_residual_load.known_quarters, 0) as double) / days.quarters as residual_load_completeness,
        {%- for group in groups %}
        daily_generation.{{ group }}_gwh,
        {%- endfor %}
        daily_generation.hydro_gwh - coalesce(daily_generation.pumping_gwh, 0) as hydro_generation_gwh,
        daily_generation.pumping_gwh,
        daily_generation.pumped_storage_gwh,
        daily_generation.fossil_gas_gwh,
        cast(coalesce(daily_whole_generation.hours, 0) as double) * 4 / days.quarters as generation_completeness,
        daily_rest.net_export_gwh,
        {%- for border in borders %}
        daily_border.net_export_{{ border | lower }}_gwh,
        {%- endfor %}
        cast(coalesce(daily_rest.net_export_hours, 0) as double) * 4 / days.quarters as net_export_completeness,
        daily_price.price_mean_eur_per_mwh,
        daily_price.price_min_eur_per_mwh,
        daily_price.price_max_eur_per_mwh,
        cast(daily_price.negative_price_hours as double) as negative_price_hours,
        cast(coalesce(daily_price.hours, 0) as double) * 4 / days.quarters as price_completeness,
        daily_rest.temperature_mean_celsius,
        daily_rest.temperature_min_celsius,
        daily_rest.temperature_max_celsius,
        cast(coalesce(daily_rest.temperature_hours, 0) as double) * 4 / days.quarters as temperature_completeness
    from days
    left join daily_load on days.date_paris = daily_load.date_paris
    left join daily_residual_load on days.date_paris = daily_residual_load.date_paris
    left join daily_generation on days.date_paris = daily_generation.date_paris
    left join daily_whole_generation on days.date_paris = daily_whole_generation.date_paris
    left join daily_price on days.date_paris = daily_price.date_paris
    left join daily_border on days.date_paris = daily_border.date_paris
    left join daily_rest on days.date_paris = daily_rest.date_paris

)

select * from final
