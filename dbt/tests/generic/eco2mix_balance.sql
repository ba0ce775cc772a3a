{#-
  éCO2mix balances: load = generation + pumping + batteries + net import (consumption negative). Gives, for each maturity
  and year, the intervals per thousand that miss the load by more than `tolerance` (a fraction of it). Batteries are
  left out where old years don't have them. The thresholds are in the config of the test: meters never agree everywhere.
-#}
{% test eco2mix_balance(model, generation, tolerance) %}
with

compared as (

    select
        maturity,
        extract(year from date_paris) as year_paris,
        abs(
            {{ generation | join(' + ') }} + pumping_mw + net_import_mw
            + coalesce(battery_charge_mw, 0) + coalesce(battery_discharge_mw, 0) - load_mw
        ) > {{ tolerance }} * load_mw as is_out_of_balance
    from {{ model }}

)

select
    maturity,
    year_paris,
    cast(1000.0 * avg(case when is_out_of_balance then 1.0 else 0.0 end) as integer) as failing_per_mille
from compared
where is_out_of_balance is not null
group by maturity, year_paris
{% endtest %}
