{#-
  Two sources tell nearly the same of the large measures. Gives the days per thousand, in the worst pair, measure and
  maturity, on which the mean difference is beyond `most_pct` of the measure. Small measures differ by more than they are,
  and so does the sun of an evening: days of which both have less than 20 hours are left out.
-#}
{% test sources_agree(model, measures, most_pct) %}
select
    data_source,
    other_source,
    measure,
    maturity,
    cast(1000.0 * avg(case when mean_abs_difference_pct > {{ most_pct }} then 1.0 else 0.0 end) as integer)
        as failing_per_mille
from {{ model }}
where
    measure in ('{{ measures | join("', '") }}')
    and mean_abs_difference_pct is not null
    and hours_compared >= 20
group by data_source, other_source, measure, maturity
{% endtest %}
