{#-
  The sub-types of RTE's mix add up to their type. Gives the type-quarters per thousand in which they differ by more than
  `tolerance` (MW: each figure is rounded), of those in which all are published. The thresholds are in the test's config.
-#}
{% test parts_add_up(model, tolerance) %}
with

parts as (

    select
        mix_type,
        period_start_at,
        sum(generation_mw) as generation_mw,
        count(*) - count(generation_mw) as unknown_parts
    from {{ model }}
    group by mix_type, period_start_at

),

compared as (

    select abs(parts.generation_mw - totals.power_mw) > {{ tolerance }} as is_off
    from parts
    inner join {{ ref('fct_generation_mix') }} as totals
        on
            parts.mix_type = totals.mix_type
            and parts.period_start_at = totals.period_start_at
    where
        parts.unknown_parts = 0
        and totals.power_mw is not null

)

select
    cast(ceil(1000.0 * sum(case when is_off then 1 else 0 end) / nullif(count(*), 0)) as integer) as failing_per_mille,
    count(*) as compared_quarters
from compared
having count(*) > 0
{% endtest %}
