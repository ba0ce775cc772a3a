{#-
  The formula behind RTE's own carbon intensity: recomputed and rounded, it gives RTE's whole grams in real time, and
  nearly so before 2022, which is known from rows that were revised. Gives, for the worst year, the quarters per thousand
  in which it misses by more than `grams`, before 2022 by more than `grams_before_2022`.
-#}
{% test rte_formula(model, grams, grams_before_2022) %}
select
    extract(year from date_paris) as year_paris,
    cast(1000.0 * avg(
        case
            when abs(round(direct_g_per_kwh) - rte_g_per_kwh)
                > case when date_paris < cast('2022-01-01' as date) then {{ grams_before_2022 }} else {{ grams }} end
                then 1.0
            else 0.0
        end
    ) as integer) as failing_per_mille
from {{ model }}
where maturity = 'real_time' and direct_g_per_kwh is not null and rte_g_per_kwh is not null
group by extract(year from date_paris)
{% endtest %}
