{#- More than 80 lines: hours and days above a limit are counted apart. -#}
{#- A year is judged with three quarters of its days, as a day is with three quarters of its hours. -#}
{%- set enough = 0.75 -%}
{%- set keys = ['station_id', 'pollutant', 'unit', 'calendar_year'] -%}

with

thresholds as (

    select * from {{ ref('air_quality_thresholds') }}

),

stations as (

    select * from {{ ref('dim_air_station') }}

),

pollutants as (

    select * from {{ ref('air_quality_pollutants') }}

),

daily as (

    select
        *,
        cast(extract(year from date_local) as integer) as calendar_year,
        completeness >= {{ enough }} as is_valid
    from {{ ref('fct_air_quality_daily') }}

),

-- only hours above some limit of hours are read
above as (

    select
        hourly.station_id,
        hourly.pollutant,
        cast(extract(year from hourly.date_local) as integer) as calendar_year,
        thresholds.standard,
        thresholds.averaging
    from {{ ref('fct_air_quality_hourly') }} as hourly
    inner join thresholds
        on
            hourly.pollutant = thresholds.pollutant
            and hourly.unit = thresholds.unit
            and thresholds.averaging = 'hour'
            and hourly.concentration > thresholds.limit_value
    union all
    select
        daily.station_id,
        daily.pollutant,
        daily.calendar_year,
        thresholds.standard,
        thresholds.averaging
    from daily
    inner join thresholds
        on
            daily.pollutant = thresholds.pollutant
            and daily.unit = thresholds.unit
            and thresholds.averaging in ('day', 'max_8h')
            and thresholds.limit_value
            < case thresholds.averaging when 'day' then daily.mean_concentration else daily.max_8h_concentration end
    where daily.is_valid

),

exceedances as (

    select
        station_id,
        pollutant,
        calendar_year,
        standard,
        averaging,
        count(*) as exceedances
    from above
    group by station_id, pollutant, calendar_year, standard, averaging

),

years as (

    select
        {{ keys | join(',\n        ') }},
        sum(mean_concentration * valid_hours) / nullif(sum(valid_hours), 0) as mean_concentration,
        count(case when is_valid then 1 end) as valid_days,
        case when mod(calendar_year, 4) = 0 then 366 else 365 end as days_of_year
    from daily
    group by {{ keys | join(', ') }}

),

compared as (

    select
        years.*,
        thresholds.standard,
        thresholds.averaging,
        thresholds.limit_value,
        thresholds.allowed_a_year,
        years.valid_days / cast(years.days_of_year as double) as completeness,
        case when thresholds.averaging <> 'year' then coalesce(exceedances.exceedances, 0) end as exceedances
    from years
    inner join thresholds
        on
            years.pollutant = thresholds.pollutant
            and years.unit = thresholds.unit
    left join exceedances
        on
            years.station_id = exceedances.station_id
            and years.pollutant = exceedances.pollutant
            and years.calendar_year = exceedances.calendar_year
            and thresholds.standard = exceedances.standard
            and thresholds.averaging = exceedances.averaging

),

final as (

    select
        compared.station_id,
        stations.station_label,
        compared.pollutant,
        pollutants.pollutant_label,
        compared.calendar_year,
        compared.standard,
        compared.averaging,
        compared.unit,
        compared.limit_value,
        cast(compared.allowed_a_year as integer) as allowed_a_year,
        compared.mean_concentration,
        cast(compared.exceedances as integer) as exceedances,
        cast(compared.valid_days as integer) as valid_days,
        compared.completeness,
        case
            when compared.exceedances > compared.allowed_a_year then false
            when compared.completeness < {{ enough }} then null
            when compared.averaging = 'year' then compared.mean_concentration <= compared.limit_value
            else compared.exceedances <= compared.allowed_a_year
        end as is_met
    from compared
    left join stations on compared.station_id = stations.station_id
    left join pollutants on compared.pollutant = pollutants.pollutant

)

select * from final
