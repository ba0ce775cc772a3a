{%- set drivers = ['wind', 'solar', 'load', 'residual_load'] -%}
{%- set inputs = ['int_price_hours'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs, reach=29) }}
{%- set days = changed_days(inputs) %}

-- Longer than 80 lines: four drivers, two spans of time.
with

hours as (

    select * from {{ ref('int_price_hours') }}
    where {{ in_days(days, day='date_paris', before=29) }}

),

days as (

    select distinct date_paris from hours
    where {{ in_days(days, day='date_paris') }}

),

numbers as (

    {{ numbers(2) }}

),

windows as (

    select
        days.date_paris,
        {{ plus_days('days.date_paris', '-numbers.n') }} as date_before
    from days
    inner join numbers on numbers.n < 30

),

of_the_day as (

    select
        date_paris,
        {%- for driver in drivers %}
        case when count({{ driver }}_mw) >= 20 then corr(price_eur_per_mwh, {{ driver }}_mw) end
            as price_{{ driver }}_correlation,
        {%- endfor %}
        cast(count(residual_load_mw) as integer) as hours
    from hours
    group by date_paris

),

of_thirty_days as (

    select
        windows.date_paris,
        {%- for driver in drivers %}
        case when count(hours.{{ driver }}_mw) >= 480 then corr(hours.price_eur_per_mwh, hours.{{ driver }}_mw) end
            as price_{{ driver }}_correlation_30_days,
        {%- endfor %}
        cast(count(hours.residual_load_mw) as integer) as hours_30_days
    from windows
    inner join hours on windows.date_before = hours.date_paris
    group by windows.date_paris

),

final as (

    select
        days.date_paris,
        {{ day_period('days.date_paris') }},
        {%- for driver in drivers %}
        of_the_day.price_{{ driver }}_correlation,
        of_thirty_days.price_{{ driver }}_correlation_30_days,
        {%- endfor %}
        of_the_day.hours,
        of_thirty_days.hours_30_days
    from days
    inner join of_the_day on days.date_paris = of_the_day.date_paris
    inner join of_thirty_days on days.date_paris = of_thirty_days.date_paris

)

select * from final
