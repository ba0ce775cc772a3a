{{ config(materialized='view') }}

with

averages as (

    select * from {{ ref('stg_airqino__hourly_averages') }}

),

pollutants as (

    select * from {{ ref('air_quality_pollutants') }}

),

by_pollutant as (

    select
        averages.station_id,
        pollutants.pollutant,
        pollutants.unit,
        averages.period_start_at,
        averages.period_start_local,
        averages.date_paris,
        case pollutants.pollutant
            when 'pm2_5' then averages.pm2_5
            when 'pm10' then averages.pm10
            when 'no2' then averages.no2
            when 'o3' then averages.o3
            when 'co' then averages.co
            when 'co2' then averages.co2
            when 'voc' then averages.voc
        end as published_concentration,
        averages.flags,
        averages.flags like '%,partial,%' as is_partial,
        averages.flags like '%,impossible_label,%' as is_impossible_label,
        {%- for flag in ['unreadable', 'out_of_range', 'negative', 'clamped', 'stuck'] %}
        averages.flags like '%,{{ flag }}:' || pollutants.pollutant || ',%' as is_{{ flag }},
        {%- endfor %}
        averages.read_at,
        averages.raw_instant
    from averages
    cross join pollutants

),

-- a station has no value of what it has no sensor for
final as (

    select * from by_pollutant
    where published_concentration is not null or is_unreadable

)

select * from final
