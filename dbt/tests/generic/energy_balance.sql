{#-
  Energy is conserved: load = generation (pumping negative) - net exports. Gives the hours per thousand in which the two
  sides differ by more than `tolerance` (a fraction of the load), counting hours in which all is published: four quarters
  of load, every border, and every production type that the day has. The thresholds on it are in the config of the test,
  because real figures of different meters never agree everywhere.
-#}
{% test energy_balance(model, tolerance) %}
with

hourly as (

    select * from {{ model }}

),

quarters as (

    select
        {{ hour_of('period_start_at') }} as period_start_at,
        count(load_mw) as quarters
    from {{ ref('fct_load') }}
    where load_kind = 'realised'
    group by 1

),

types_of_day as (

    select date_paris, count(distinct production_type) as types
    from {{ ref('fct_generation') }}
    group by date_paris

),

generation as (

    select
        hourly.period_start_at,
        types_of_day.types,
        count(hourly.generation_mw) as types_known,
        sum(hourly.generation_mw) as generation_mw
    from {{ ref('fct_generation') }} as hourly
    inner join types_of_day on hourly.date_paris = types_of_day.date_paris
    group by hourly.period_start_at, types_of_day.types

),

compared as (

    select
        abs(hourly.load_mw - (generation.generation_mw - hourly.net_export_mw)) > {{ tolerance }} * hourly.load_mw
            as is_out_of_balance
    from hourly
    inner join generation on hourly.period_start_at = generation.period_start_at
    inner join quarters on hourly.period_start_at = quarters.period_start_at
    where
        quarters.quarters = 4
        and generation.types_known = generation.types
        and hourly.net_export_mw is not null

)

select
    cast(ceil(1000.0 * sum(case when is_out_of_balance then 1 else 0 end) / nullif(count(*), 0)) as integer) as failing_per_mille,
    count(*) as compared_hours
from compared
having count(*) > 0
{% endtest %}
