{#-
  Days are 23 hours long on the last Sunday of March, 25 on the last Sunday of October, else 24 (the European rule since
  1996), and follow each other without a gap. Worked out from the calendar, not from a time zone database.
-#}
{% test clock_change_days(model) %}
with

days as (

    select
        *,
        extract(month from date_paris) as month_number,
        extract(day from date_paris) >= 25
        and mod({{ days_between("cast('2023-01-01' as date)", 'date_paris') }}, 7) = 0 as is_last_sunday,
        lag(day_end_at) over (order by date_paris) as day_before_end_at
    from {{ model }}

)

select date_paris, hours
from days
where
    hours <> case
        when is_last_sunday and month_number = 3 then 23
        when is_last_sunday and month_number = 10 then 25
        else 24
    end
    or quarters <> 4 * hours
    or day_before_end_at <> day_start_at
{% endtest %}
