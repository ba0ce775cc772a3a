{#- Each entity has all the intervals of its Paris days and no others: 23, 24 or 25 hours, whatever the source left out.
  With `gaps_allowed`, where a mart holds only what was published: no more than those. -#}
{% test whole_days(model, entity, gaps_allowed=false) %}
with

days as (

    select
        {{ (entity + ['date_paris']) | join(', ') }},
        sum({{ minutes_between('period_start_at', 'period_end_at') }}) as minutes_found
    from {{ model }}
    group by {{ (entity + ['date_paris']) | join(', ') }}

)

select * from days
where
    minutes_found {{ '>' if gaps_allowed else '<>' }} {{ minutes_between(
        paris_to_utc('cast(date_paris as timestamp)'),
        paris_to_utc('cast(' ~ plus_days('date_paris', 1) ~ ' as timestamp)')
    ) }}
{% endtest %}
