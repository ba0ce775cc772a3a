{%- set inputs = ['mart_mix_half_hour'] -%}
{%- set measures = [
    'load', 'nuclear', 'thermal', 'wind', 'solar', 'hydro', 'bioenergy', 'pumping', 'battery_charge',
    'battery_discharge', 'net_import'
] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    on_schema_change='append_new_columns',
    inputs=inputs,
    post_hook="{{ note_built_days() }}"
) }}
{%- set days = changed_days(inputs) %}

with

half_hours as (

    select * from {{ ref('mart_mix_half_hour') }}
    where {{ in_days(days, day='date_paris') }}

),

paris_days as (

    select * from {{ ref('int_paris_days') }}

),

-- The least settled half-hour tells how settled the day is. A measure with a hole has no sum: it would look whole.
summed as (

    select
        area_code,
        date_paris,
        case
            when max(case when maturity = 'real_time' then 1 else 0 end) = 1 then 'real_time'
            when max(case when maturity = 'consolidated' then 1 else 0 end) = 1 then 'consolidated'
            else 'definitive'
        end as maturity,
        count(load_mw) as known_half_hours,
        {%- for measure in measures %}
        case when count({{ measure }}_mw) = count(*) then sum({{ measure }}_mw) / 2000 end as {{ measure }}_gwh
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from half_hours
    where load_mw is not null
    group by area_code, date_paris

),

final as (

    select
        summed.area_code,
        summed.date_paris,
        summed.maturity,
        cast(summed.known_half_hours as double) / paris_days.half_hours as completeness,
        {%- for measure in measures %}
        summed.{{ measure }}_gwh{% if not loop.last %},{% endif %}
        {%- endfor %}
    from summed
    inner join paris_days on summed.date_paris = paris_days.date_paris

)

select * from final
