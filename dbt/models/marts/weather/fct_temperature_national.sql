with

weather as (

    select * from {{ ref('fct_weather_daily') }}

),

regions as (

    select * from {{ ref('dim_region') }}
    where is_mainland

),

-- two measures of the same thing, never mixed: one of hourly means, one the middle between least and greatest
by_source as (

    select
        'open_meteo' as temperature_source,
        region_code,
        date_paris,
        temperature_mean_celsius,
        temperature_min_celsius,
        temperature_max_celsius,
        temperature_completeness,
        is_forecast
    from weather
    where temperature_mean_celsius is not null
    union all
    select
        'odre' as temperature_source,
        region_code,
        date_paris,
        odre_temperature_mean_celsius as temperature_mean_celsius,
        odre_temperature_min_celsius as temperature_min_celsius,
        odre_temperature_max_celsius as temperature_max_celsius,
        1.0 as temperature_completeness,
        false as is_forecast
    from weather
    where odre_temperature_mean_celsius is not null

),

people as (

    select sum(population) as population from regions

),

national as (

    select
        by_source.temperature_source,
        by_source.date_paris,
        sum(regions.population * by_source.temperature_mean_celsius) / sum(regions.population)
            as temperature_mean_celsius,
        sum(regions.population * by_source.temperature_min_celsius) / sum(regions.population)
            as temperature_min_celsius,
        sum(regions.population * by_source.temperature_max_celsius) / sum(regions.population)
            as temperature_max_celsius,
        sum(regions.population * by_source.temperature_completeness) / max(people.population) as completeness,
        max(case when by_source.is_forecast then 1 else 0 end) = 1 as is_forecast
    from by_source
    inner join regions on by_source.region_code = regions.region_code
    cross join people
    group by by_source.temperature_source, by_source.date_paris

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

final as (

    select
        national.temperature_source,
        calendar.period_start_at,
        calendar.period_end_at,
        calendar.period_start_paris,
        national.date_paris,
        national.temperature_mean_celsius,
        national.temperature_min_celsius,
        national.temperature_max_celsius,
        cast(national.completeness as double) as completeness,
        national.is_forecast
    from national
    inner join calendar on national.date_paris = calendar.date_paris

)

select * from final
