{#- More than 80 lines: means, bounds of days and comparison need the same days that changed. -#}
{#- Data of a day count with three quarters of it: 6 of 8 hours, 18 of 24 (Directive 2008/50/EC, annex XI). -#}
{%- set enough = 0.75 -%}
{%- set standards = ['who_2021', 'eu_2008', 'eu_2030'] -%}
{%- set eight_hours -%}
    partition by station_id, pollutant order by period_start_at
    range between interval '7 hours' preceding and current row
{%- endset -%}
{%- set zone = "coalesce(stations.time_zone, 'UTC')" -%}
{%- set inputs = ['fct_air_quality_hourly'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

-- Days on each side: eight hours may begin the day before, and a day in Abidjan ends in Paris's next one. What is read
-- late is read to the newest hour, so a day after a changed one is a changed one too.
hourly as (

    select * from {{ ref('fct_air_quality_hourly') }}
    where {{ in_days(days, day='date_paris', before=1, after=1) }}

),

stations as (

    select * from {{ ref('dim_air_station') }}

),

limits as (

    select * from {{ ref('int_air_quality_limits') }}

),

rolling as (

    select
        *,
        avg(concentration) over ({{ eight_hours }}) as mean_8h,
        count(concentration) over ({{ eight_hours }}) as hours_of_8
    from hourly

),

by_day as (

    select
        rolling.station_id,
        rolling.pollutant,
        rolling.date_local,
        {{ clock_to_utc('cast(rolling.date_local as timestamp)', zone) }} as period_start_at,
        {{ clock_to_utc('cast(' ~ plus_days('rolling.date_local', 1) ~ ' as timestamp)', zone) }} as period_end_at,
        avg(rolling.concentration) as mean_concentration,
        max(rolling.concentration) as max_hour_concentration,
        max(
            case
                when rolling.published_concentration is not null and rolling.hours_of_8 >= 8 * {{ enough }}
                    then rolling.mean_8h
            end
        ) as max_8h_concentration,
        count(rolling.concentration) as valid_hours,
        count(rolling.rejection) as rejected_hours,
        count(case when rolling.is_clamped and rolling.concentration is not null then 1 end) as clamped_hours
    from rolling
    left join stations on rolling.station_id = stations.station_id
    group by rolling.station_id, rolling.pollutant, rolling.date_local, stations.time_zone

),

dated as (

    select
        *,
        {{ to_paris('period_start_at') }} as period_start_paris,
        cast({{ to_paris('period_start_at') }} as date) as date_paris,
        {{ hours_between('period_start_at', 'period_end_at') }} as expected_hours,
        cast(valid_hours as double) / {{ hours_between('period_start_at', 'period_end_at') }} as completeness
    from by_day

),

-- One hour above a limit of hours is enough; means count only where the day is complete enough.
final as (

    select
        dated.station_id,
        dated.pollutant,
        dated.date_local,
        dated.period_start_at,
        dated.period_end_at,
        dated.period_start_paris,
        dated.date_paris,
        limits.unit,
        dated.mean_concentration,
        dated.max_hour_concentration,
        dated.max_8h_concentration,
        cast(dated.expected_hours as integer) as expected_hours,
        cast(dated.valid_hours as integer) as valid_hours,
        cast(dated.rejected_hours as integer) as rejected_hours,
        cast(dated.clamped_hours as integer) as clamped_hours,
        dated.completeness,
        {%- for standard in standards %}
        case
            when dated.max_hour_concentration > limits.{{ standard }}_hour then true
            when dated.completeness < {{ enough }} then null
            when dated.mean_concentration > limits.{{ standard }}_day then true
            when dated.max_8h_concentration > limits.{{ standard }}_max_8h then true
            when limits.{{ standard }}_has_any then false
        end as exceeds_{{ standard }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from dated
    inner join limits on dated.pollutant = limits.pollutant
    where {{ in_days(days, day='dated.date_paris') }}

)

select * from final
