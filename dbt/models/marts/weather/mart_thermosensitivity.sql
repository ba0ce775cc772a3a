-- Longer than 80 lines: which days count, in which season and by which hour is the whole of the method.
with

hourly as (

    select * from {{ ref('mart_hourly_energy_weather') }}

),

temperatures as (

    select * from {{ ref('fct_temperature_national') }}
    where completeness >= 0.999

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

rules as (

    select * from {{ ref('thermosensitivity_rules') }}

),

-- workdays of the season; a season that goes over New Year is named after both years
season_days as (

    select
        calendar.date_paris,
        rules.season_kind,
        rules.side,
        rules.threshold_celsius,
        rules.least_days,
        rules.first_month > rules.last_month as goes_over_new_year,
        case
            when rules.first_month > rules.last_month and calendar.month_number < rules.first_month
                then calendar.calendar_year - 1
            else calendar.calendar_year
        end as first_year
    from calendar
    inner join rules
        on
            case
                when rules.first_month <= rules.last_month
                    then calendar.month_number between rules.first_month and rules.last_month
                else calendar.month_number >= rules.first_month or calendar.month_number <= rules.last_month
            end
    where
        calendar.is_workday
        and coalesce(
            calendar.month_number * 100 + extract(day from calendar.date_paris) < rules.left_out_from
            and calendar.month_number * 100 + extract(day from calendar.date_paris) > rules.left_out_to,
            true
        )

),

loads as (

    select
        date_paris,
        cast(extract(hour from period_start_paris) as integer) as hour_paris,
        load_mw
    from hourly
    where load_mw is not null

),

daily as (

    select
        loads.date_paris,
        avg(loads.load_mw) as load_mw
    from loads
    inner join calendar on loads.date_paris = calendar.date_paris
    group by loads.date_paris
    having count(*) = max(calendar.hours)

),

samples as (

    select
        date_paris,
        'all' as hour_label,
        cast(null as integer) as hour_paris,
        load_mw
    from daily
    union all
    select
        loads.date_paris,
        lpad(cast(loads.hour_paris as varchar), 2, '0') as hour_label,
        loads.hour_paris,
        loads.load_mw
    from loads
    inner join daily on loads.date_paris = daily.date_paris

),

counted as (

    select
        temperatures.temperature_source,
        season_days.season_kind,
        season_days.season_kind || ' ' || cast(season_days.first_year as varchar)
        || case
            when season_days.goes_over_new_year then '-' || right(cast(season_days.first_year + 1 as varchar), 2)
            else ''
        end as season_label,
        season_days.least_days,
        samples.hour_label,
        samples.hour_paris,
        samples.load_mw / 1000 as load_gw,
        temperatures.temperature_mean_celsius as temperature_celsius
    from samples
    inner join season_days on samples.date_paris = season_days.date_paris
    inner join temperatures on samples.date_paris = temperatures.date_paris
    where
        case season_days.side
            when 'below' then temperatures.temperature_mean_celsius < season_days.threshold_celsius
            else temperatures.temperature_mean_celsius > season_days.threshold_celsius
        end

),

final as (

    select
        temperature_source,
        season_kind,
        season_label,
        hour_label,
        hour_paris,
        cast(count(*) as integer) as sampled_days,
        case when count(*) >= max(least_days) then regr_slope(load_gw, temperature_celsius) end
            as slope_gw_per_celsius,
        case when count(*) >= max(least_days) then regr_intercept(load_gw, temperature_celsius) end
            as load_at_0_celsius_gw,
        case when count(*) >= max(least_days) then regr_r2(load_gw, temperature_celsius) end as r_squared,
        avg(load_gw) as load_mean_gw,
        avg(temperature_celsius) as temperature_mean_celsius,
        min(temperature_celsius) as temperature_min_celsius,
        max(temperature_celsius) as temperature_max_celsius
    from counted
    group by temperature_source, season_kind, season_label, hour_label, hour_paris

)

select * from final
