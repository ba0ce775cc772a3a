{%- set so_far = 'over (partition by season_year order by date_paris rows unbounded preceding)' -%}

with

calendar as (

    select * from {{ ref('stg_rte__tempo_like_calendars') }}

),

corrections as (

    select * from {{ ref('tempo_corrections') }}

),

quotas as (

    select
        max(case when tempo_colour = 'white' then days_per_season end) as white_days,
        max(case when tempo_colour = 'red' then days_per_season end) as red_days
    from {{ ref('tempo_quotas') }}

),

-- A season runs from 1 September to 31 August.
coloured as (

    select
        calendar.*,
        coalesce(calendar.tempo_colour, corrections.tempo_colour) as colour,
        cast(extract(year from calendar.date_paris) as integer)
        - case when extract(month from calendar.date_paris) < 9 then 1 else 0 end as season_year
    from calendar
    left join corrections on calendar.date_paris = corrections.date_paris

),

counted as (

    select
        *,
        {{ days_between("cast(season_year || '-09-01' as date)", 'date_paris') }} + 1 as day_of_season,
        count(colour) {{ so_far }} as known_days,
        count(case when colour = 'blue' then 1 end) {{ so_far }} as blue_days,
        count(case when colour = 'white' then 1 end) {{ so_far }} as white_days,
        count(case when colour = 'red' then 1 end) {{ so_far }} as red_days
    from coloured

),

-- What is used up is known only where the colour of every day of the season so far is.
used as (

    select
        *,
        case when known_days = day_of_season then blue_days end as blue_days_used,
        case when known_days = day_of_season then white_days end as white_days_used,
        case when known_days = day_of_season then red_days end as red_days_used
    from counted

),

final as (

    select
        used.date_paris,
        used.period_start_at,
        used.period_end_at,
        used.period_start_paris,
        {{ paris_to_utc(plus_minutes('cast(used.date_paris as timestamp)', 360)) }} as tariff_start_at,
        used.colour as tempo_colour,
        used.tempo_colour is null and used.colour is not null as is_corrected,
        used.season_year || '-' || (used.season_year + 1) as season,
        cast(used.day_of_season as integer) as day_of_season,
        cast(used.blue_days_used as integer) as blue_days_used,
        cast(used.white_days_used as integer) as white_days_used,
        cast(used.red_days_used as integer) as red_days_used,
        cast(quotas.white_days - used.white_days_used as integer) as white_days_left,
        cast(quotas.red_days - used.red_days_used as integer) as red_days_left
    from used
    cross join quotas

)

select * from final
