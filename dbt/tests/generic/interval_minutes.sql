{#- Every interval has one of the lengths (minutes) that the source publishes. -#}
{% test interval_minutes(model, allowed) %}
select period_start_at, period_end_at
from {{ model }}
where
    period_end_at is null
    or {{ minutes_between('period_start_at', 'period_end_at') }} not in ({{ allowed | join(', ') }})
{% endtest %}
