{#- Planned outages are published 66 days ahead on average, three in four within these: #}
{%- set notice_days = 90 -%}
-- Longer than others: outages of minutes become hours in steps that have to be read one after the other.
with

outages as (

    select
        outages.unavailability_id,
        coalesce(plants.unit_key, outages.unit_eic_code) as unit_key,
        coalesce(plants.plant_key, outages.unit_eic_code) as plant_key,
        outages.unavailability_kind,
        outages.unavailable_mw,
        outages.period_start_at,
        coalesce(outages.period_end_at, cast({{ plus_days(now_utc(), 365) }} as timestamp)) as period_end_at
    from {{ ref('fct_unavailability') }} as outages
    left join {{ ref('int_production_plants') }} as plants on outages.unit_eic_code = plants.unit_eic_code
    where
        outages.production_type = 'nuclear'
        and outages.unavailable_mw is not null

),

capacities as (

    select
        capacity_year,
        installed_capacity_mw,
        lead(capacity_year) over (order by capacity_year) as next_year
    from {{ ref('fct_installed_capacity') }}
    where production_type = 'nuclear'

),

-- From the first message read (what was published earlier isn't known) to a year from now.
bounds as (

    select
        {{ paris_to_utc('cast(cast(' ~ to_paris('min(published_at)') ~ ' as date) as timestamp)') }} as first_at,
        {{ paris_to_utc('cast(' ~ plus_days(now_utc(), 365) ~ ' as timestamp)') }} as last_at
    from {{ ref('fct_unavailability_version') }}

),

numbers as (

    {{ numbers(6) }}

),

hours as (

    select {{ plus_minutes('bounds.first_at', '60 * numbers.n') }} as period_start_at
    from bounds
    inner join numbers on numbers.n < {{ hours_between('bounds.first_at', 'bounds.last_at') }}

),

edges as (

    select
        unit_key,
        period_start_at as instant
    from outages
    union
    select
        unit_key,
        period_end_at as instant
    from outages

),

spans as (

    select
        unit_key,
        instant as span_start_at,
        lead(instant) over (partition by unit_key order by instant) as span_end_at
    from edges

),

years as (

    {{ numbers(2) }}

),

-- once for each year it touches, so that a span is compared with the outages of its year, not of all history
outages_by_year as (

    select
        outages.*,
        extract(year from outages.period_start_at) + years.n as outage_year
    from outages
    inner join years
        on years.n <= extract(year from outages.period_end_at) - extract(year from outages.period_start_at)

),

-- Of several messages on one unit at one time the one that takes most counts, a planned one first: they don't add up.
unit_spans as (

    select
        spans.unit_key,
        spans.span_start_at,
        spans.span_end_at,
        outages.plant_key,
        case when outages.unavailability_kind = 'planned' then outages.unavailable_mw else 0 end as planned_mw,
        case when outages.unavailability_kind = 'planned' then 0 else outages.unavailable_mw end as forced_mw
    from spans
    inner join outages_by_year as outages
        on
            spans.unit_key = outages.unit_key
            and extract(year from spans.span_start_at) = outages.outage_year
            and spans.span_start_at >= outages.period_start_at
            and spans.span_end_at <= outages.period_end_at
    qualify row_number() over (
        partition by spans.unit_key, spans.span_start_at
        order by
            outages.unavailable_mw desc,
            case when outages.unavailability_kind = 'planned' then 0 else 1 end asc,
            outages.unavailability_id asc
    ) = 1

),

unit_changes as (

    select
        plant_key,
        span_start_at as instant,
        planned_mw,
        forced_mw,
        unit_key = plant_key as is_whole_plant
    from unit_spans
    union all
    select
        plant_key,
        span_end_at as instant,
        -planned_mw as planned_mw,
        -forced_mw as forced_mw,
        unit_key = plant_key as is_whole_plant
    from unit_spans

),

plant_changes as (

    select
        plant_key,
        instant,
        sum(case when is_whole_plant then 0 else planned_mw end) as units_planned_mw,
        sum(case when is_whole_plant then 0 else forced_mw end) as units_forced_mw,
        sum(case when is_whole_plant then planned_mw else 0 end) as whole_planned_mw,
        sum(case when is_whole_plant then forced_mw else 0 end) as whole_forced_mw
    from unit_changes
    group by plant_key, instant

),

plant_steps as (

    select
        plant_key,
        instant as span_start_at,
        lead(instant) over (partition by plant_key order by instant) as span_end_at,
        sum(units_planned_mw) over (partition by plant_key order by instant rows unbounded preceding)
            as units_planned_mw,
        sum(units_forced_mw) over (partition by plant_key order by instant rows unbounded preceding)
            as units_forced_mw,
        sum(whole_planned_mw) over (partition by plant_key order by instant rows unbounded preceding)
            as whole_planned_mw,
        sum(whole_forced_mw) over (partition by plant_key order by instant rows unbounded preceding)
            as whole_forced_mw
    from plant_changes

),

-- A message on a whole plant may tell of its units again: what it takes beyond the sum of them comes on top, so that
-- the greater of both counts. At one time there is one such message, planned or forced.
plant_spans as (

    select
        span_start_at,
        span_end_at,
        units_planned_mw + case
            when whole_planned_mw > 0 then greatest(whole_planned_mw - units_planned_mw - units_forced_mw, 0) else 0
        end as planned_mw,
        units_forced_mw + case
            when whole_forced_mw > 0 then greatest(whole_forced_mw - units_planned_mw - units_forced_mw, 0) else 0
        end as forced_mw
    from plant_steps
    where span_end_at is not null

),

-- What comes and goes at each instant, and nothing at each full hour, so that no step reaches over one.
changes as (

    select
        span_start_at as instant,
        planned_mw,
        forced_mw
    from plant_spans
    union all
    select
        span_end_at as instant,
        -planned_mw as planned_mw,
        -forced_mw as forced_mw
    from plant_spans
    union all
    select
        period_start_at as instant,
        0 as planned_mw,
        0 as forced_mw
    from hours
    union all
    select
        max({{ plus_minutes('period_start_at', 60) }}) as instant,
        0 as planned_mw,
        0 as forced_mw
    from hours

),

steps as (

    select
        instant,
        lead(instant) over (order by instant) as step_end_at,
        sum(sum(planned_mw)) over (order by instant rows between unbounded preceding and current row) as planned_mw,
        sum(sum(forced_mw)) over (order by instant rows between unbounded preceding and current row) as forced_mw
    from changes
    group by instant

),

hourly as (

    select
        {{ hour_of('instant') }} as period_start_at,
        sum(planned_mw * {{ minutes_between('instant', 'step_end_at') }}) / 60.0 as planned_mw,
        sum(forced_mw * {{ minutes_between('instant', 'step_end_at') }}) / 60.0 as forced_mw
    from steps
    group by 1

),

dated as (

    select
        hours.period_start_at,
        {{ plus_minutes('hours.period_start_at', 60) }} as period_end_at,
        {{ to_paris('hours.period_start_at') }} as period_start_paris,
        hourly.planned_mw,
        hourly.forced_mw
    from hours
    inner join hourly on hours.period_start_at = hourly.period_start_at

),

final as (

    select
        dated.period_start_at,
        dated.period_end_at,
        dated.period_start_paris,
        cast(dated.period_start_paris as date) as date_paris,
        capacities.installed_capacity_mw as installed_mw,
        capacities.capacity_year,
        cast(dated.planned_mw as double) as planned_unavailable_mw,
        cast(dated.forced_mw as double) as forced_unavailable_mw,
        capacities.installed_capacity_mw - dated.planned_mw - dated.forced_mw as available_mw,
        dated.period_start_at >= {{ now_utc() }} as is_future,
        dated.period_start_at >= {{ plus_minutes('bounds.first_at', notice_days * 24 * 60) }} as is_history_known
    from dated
    cross join bounds
    left join capacities
        on
            extract(year from dated.period_start_paris) >= capacities.capacity_year
            and (capacities.next_year is null or extract(year from dated.period_start_paris) < capacities.next_year)

)

select * from final
