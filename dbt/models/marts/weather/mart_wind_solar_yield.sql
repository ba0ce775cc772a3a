-- Longer than 80 lines: wind and sun go the same way side by side.
with

weather as (

    select * from {{ ref('fct_weather_daily') }}
    where temperature_completeness = 1 and not is_forecast

),

weights as (

    select * from {{ ref('renewable_weights') }}

),

factors as (

    select * from {{ ref('fct_load_factor_daily') }}
    where production_type in ('wind_onshore', 'wind_offshore', 'solar')

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

-- the weather where the mills and the panels stand
national_weather as (

    select
        weather.date_paris,
        sum(weights.wind_weight * weather.wind_speed_100m_mean_m_per_s)
        / sum(case when weather.wind_speed_100m_mean_m_per_s is not null then weights.wind_weight end)
            as wind_speed_100m_mean_m_per_s,
        sum(weights.solar_weight * weather.irradiation_kwh_per_m2)
        / sum(case when weather.irradiation_kwh_per_m2 is not null then weights.solar_weight end)
            as irradiation_kwh_per_m2
    from weather
    inner join weights on weather.region_code = weights.region_code
    group by weather.date_paris

),

-- wind at sea is no part of wind before there is any, and has to be there from then on
parts as (

    select
        case when production_type = 'solar' then 'solar' else 'wind' end as technology,
        production_type,
        min(date_paris) as first_date
    from factors
    group by 1, 2

),

expected as (

    select
        dates.date_paris,
        parts.technology,
        parts.production_type
    from (select distinct date_paris from factors) as dates
    inner join parts on dates.date_paris >= parts.first_date

),

-- the sum of all its parts or nothing
generation as (

    select
        expected.technology,
        expected.date_paris,
        sum(factors.generation_mean_mw) as generation_mean_mw,
        case when count(factors.installed_capacity_mw) = count(*) then sum(factors.installed_capacity_mw) end
            as installed_capacity_mw,
        -- held, where any part is: it comes first in the alphabet
        case when count(factors.capacity_basis) = count(*) then min(factors.capacity_basis) end as capacity_basis
    from expected
    left join factors
        on
            expected.date_paris = factors.date_paris
            and expected.production_type = factors.production_type
    group by 1, 2
    having min(coalesce(factors.completeness, 0)) = 1

),

joined as (

    select
        generation.technology,
        generation.date_paris,
        generation.generation_mean_mw,
        generation.installed_capacity_mw,
        generation.capacity_basis,
        100 * generation.generation_mean_mw / nullif(generation.installed_capacity_mw, 0) as load_factor_pct,
        case when generation.technology = 'wind' then national_weather.wind_speed_100m_mean_m_per_s end
            as wind_speed_100m_mean_m_per_s,
        case when generation.technology = 'solar' then national_weather.irradiation_kwh_per_m2 end
            as irradiation_kwh_per_m2,
        case
            when generation.technology = 'wind' then floor(national_weather.wind_speed_100m_mean_m_per_s)
            else floor(2 * national_weather.irradiation_kwh_per_m2) / 2
        end as weather_band_from
    from generation
    left join national_weather on generation.date_paris = national_weather.date_paris

),

banded as (

    select
        *,
        avg(case when weather_band_from is not null then load_factor_pct end) over (
            partition by technology, weather_band_from
        ) as band_load_factor_pct
    from joined

),

final as (

    select
        banded.technology,
        calendar.period_start_at,
        calendar.period_end_at,
        calendar.period_start_paris,
        banded.date_paris,
        calendar.season,
        banded.generation_mean_mw,
        cast(banded.generation_mean_mw * calendar.hours / 1000 as double) as generation_gwh,
        banded.installed_capacity_mw,
        banded.capacity_basis,
        banded.load_factor_pct,
        banded.wind_speed_100m_mean_m_per_s,
        banded.irradiation_kwh_per_m2,
        cast(banded.weather_band_from as double) as weather_band_from,
        banded.band_load_factor_pct,
        banded.load_factor_pct / nullif(banded.band_load_factor_pct, 0) as yield_ratio
    from banded
    inner join calendar on banded.date_paris = calendar.date_paris

)

select * from final
