-- Longer than 80 lines: holidays, bridges and three school zones are one calendar, and each of them is a few lines.
with

numbers as (

    {{ numbers(4) }}

),

easter as (

    select * from {{ ref('easter_sundays') }}

),

holidays as (

    select * from {{ ref('int_public_holidays') }}

),

school as (

    select * from {{ ref('school_holidays') }}

),

bounds as (

    select
        cast(cast(min(calendar_year) as varchar) || '-01-01' as date) as first_date,
        cast(cast(max(calendar_year) as varchar) || '-12-31' as date) as last_date
    from easter

),

days as (

    select {{ plus_days('bounds.first_date', 'numbers.n') }} as date_paris
    from bounds
    cross join numbers
    where numbers.n <= {{ days_between('bounds.first_date', 'bounds.last_date') }}

),

zones as (

    select
        school_zone,
        min(first_day_off) as known_from,
        max(return_day) as known_until
    from school
    group by school_zone

),

zone_days as (

    select
        days.date_paris,
        zones.school_zone,
        count(school.school_zone) as holidays
    from days
    inner join zones on days.date_paris >= zones.known_from and days.date_paris < zones.known_until
    left join school
        on
            zones.school_zone = school.school_zone
            and days.date_paris >= school.first_day_off
            and days.date_paris < school.return_day
    group by days.date_paris, zones.school_zone

),

-- Beyond the school years that are known a day is neither: NULL.
school_days as (

    select
        date_paris,
        max(case when school_zone = 'A' then holidays end) = 1 as is_school_holiday_zone_a,
        max(case when school_zone = 'B' then holidays end) = 1 as is_school_holiday_zone_b,
        max(case when school_zone = 'C' then holidays end) = 1 as is_school_holiday_zone_c
    from zone_days
    group by date_paris

),

-- 1 January 2001 was a Monday.
dated as (

    select
        days.date_paris,
        cast(extract(year from days.date_paris) as integer) as calendar_year,
        cast(extract(month from days.date_paris) as integer) as month_number,
        cast(
            mod({{ days_between("cast('2001-01-01' as date)", 'days.date_paris') }}, 7) + 1 as integer
        ) as iso_weekday,
        {{ paris_to_utc('cast(days.date_paris as timestamp)') }} as period_start_at,
        {{ paris_to_utc('cast(' ~ plus_days('days.date_paris', 1) ~ ' as timestamp)') }} as period_end_at,
        holidays.holiday_name,
        holidays.holiday_name is not null as is_public_holiday,
        coalesce(not holidays.is_national, false) as is_alsace_moselle_holiday,
        lag(holidays.holiday_name) over (order by days.date_paris) is not null as is_day_after_holiday,
        lead(holidays.holiday_name) over (order by days.date_paris) is not null as is_day_before_holiday
    from days
    left join holidays on days.date_paris = holidays.date_paris

),

seasons as (

    select
        *,
        case
            when month_number in (12, 1, 2) then 'winter'
            when month_number in (3, 4, 5) then 'spring'
            when month_number in (6, 7, 8) then 'summer'
            else 'autumn'
        end as season,
        case when month_number = 12 then calendar_year else calendar_year - 1 end as winter_year,
        iso_weekday <= 5 and not is_public_holiday as is_workday
    from dated

),

final as (

    select
        seasons.date_paris,
        seasons.period_start_at,
        seasons.period_end_at,
        cast(seasons.date_paris as timestamp) as period_start_paris,
        cast({{ hours_between('seasons.period_start_at', 'seasons.period_end_at') }} as integer) as hours,
        seasons.calendar_year,
        seasons.month_number,
        seasons.iso_weekday,
        seasons.season,
        case
            when seasons.season = 'winter'
                then
                    'winter ' || cast(seasons.winter_year as varchar)
                    || '-' || right(cast(seasons.winter_year + 1 as varchar), 2)
            else seasons.season || ' ' || cast(seasons.calendar_year as varchar)
        end as season_label,
        seasons.holiday_name,
        seasons.is_public_holiday,
        seasons.is_alsace_moselle_holiday,
        seasons.is_workday,
        seasons.is_workday and (
            (seasons.iso_weekday = 5 and seasons.is_day_after_holiday)
            or (seasons.iso_weekday = 1 and seasons.is_day_before_holiday)
        ) as is_bridge_day,
        school_days.is_school_holiday_zone_a,
        school_days.is_school_holiday_zone_b,
        school_days.is_school_holiday_zone_c
    from seasons
    left join school_days on seasons.date_paris = school_days.date_paris

)

select * from final
