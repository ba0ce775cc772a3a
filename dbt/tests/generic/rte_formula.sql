{#-
  The formula behind RTE's own carbon intensity: recomputed and rounded, it gives RTE's whole grams in real time. Gives
  the quarters per thousand in which it misses by more than `grams`.
-#}
{% test rte_formula(model, grams) %}
select
    cast(
        1000.0 * avg(case when abs(round(direct_g_per_kwh) - rte_g_per_kwh) > {{ grams }} then 1.0 else 0.0 end) as integer
    ) as failing_per_mille
from {{ model }}
where maturity = 'real_time' and direct_g_per_kwh is not null and rte_g_per_kwh is not null
having count(*) > 0
{% endtest %}
