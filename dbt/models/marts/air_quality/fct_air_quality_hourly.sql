{%- set inputs = ['raw_airqino.hourly_averages'] -%}
{%- set reasons = ['unreadable', 'out_of_range', 'negative'] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    inputs=inputs,
    revised={'entity': ['station_id', 'pollutant'], 'values': ['published_concentration']}
) }}
{%- set days = changed_days(inputs) %}

with

-- a day more: the hours before midnight are stuck where those after it are
averages as (

    select * from {{ ref('stg_airqino__hourly_averages') }}
    where {{ in_days(days, instant='raw_instant', after=1) }}

),

pollutants as (

    select * from {{ ref('air_quality_pollutants') }}

),

by_pollutant as (

    select
        averages.*,
        pollutants.pollutant,
        pollutants.unit,
        case pollutants.pollutant
            when 'pm2_5' then averages.pm2_5
            when 'pm10' then averages.pm10
            when 'no2' then averages.no2
            when 'o3' then averages.o3
            when 'co' then averages.co
            when 'co2' then averages.co2
            when 'voc' then averages.voc
        end as published_concentration,
        {%- for flag in reasons + ['stuck', 'clamped'] %}
        averages.flags like '%,{{ flag }}:' || pollutants.pollutant || ',%' as is_{{ flag }},
        {%- endfor %}
        averages.flags like '%,partial,%' as is_partial,
        averages.flags like '%,impossible_label,%' as is_impossible_label
    from averages
    cross join pollutants

),

-- The sixth hour with one value is the first that is flagged: the five before it are as doubtful.
looked_ahead as (

    select
        *,
        max(case when is_stuck then published_concentration end) over (
            partition by station_id, pollutant
            order by period_start_at
            rows between 1 following and 5 following
        ) as stuck_at
    from by_pollutant
    where published_concentration is not null or is_unreadable

),

judged as (

    select
        *,
        case
            {%- for reason in ['impossible_label', 'partial'] + reasons %}
            when is_{{ reason }} then '{{ reason }}'
            {%- endfor %}
            when is_stuck or published_concentration = stuck_at then 'stuck'
        end as rejection
    from looked_ahead

),

final as (

    select
        station_id,
        pollutant,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        period_start_local,
        cast(period_start_local as date) as date_local,
        unit,
        case when rejection is null then published_concentration end as concentration,
        published_concentration,
        rejection,
        is_clamped,
        nullif(trim(flags, ','), '') as flags,
        read_at
    from judged
    where {{ in_days(days, day='date_paris') }}

)

select * from final
