{%- set inputs = [
    'fct_load', 'fct_generation', 'mart_mix_half_hour', 'fct_country_balance', 'int_public_power_hourly'
] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) %}

with

hours as (

    select * from {{ ref('int_source_hours') }}
    where power_mw is not null and {{ in_days(days, day='date_paris') }}

),

-- Each pair once; of the two, ODRÉ's maturity.
pairs as (

    select
        one.measure,
        one.data_source,
        other.data_source as other_source,
        one.date_paris,
        coalesce(one.maturity, other.maturity) as maturity,
        one.power_mw,
        other.power_mw - one.power_mw as difference_mw
    from hours as one
    inner join hours as other
        on
            one.measure = other.measure
            and one.hour_start_at = other.hour_start_at
    where
        (one.data_source = 'rte' and other.data_source in ('odre', 'energy_charts'))
        or (one.data_source = 'odre' and other.data_source = 'energy_charts')

),

final as (

    select
        measure,
        data_source,
        other_source,
        date_paris,
        max(maturity) as maturity,
        cast(count(*) as integer) as hours_compared,
        avg(power_mw) as mean_mw,
        avg(difference_mw) as mean_difference_mw,
        avg(abs(difference_mw)) as mean_abs_difference_mw,
        max(abs(difference_mw)) as max_abs_difference_mw,
        -- a share of next to nothing means nothing
        case
            when abs(avg(power_mw)) >= 100 then 100.0 * avg(abs(difference_mw)) / abs(avg(power_mw))
        end as mean_abs_difference_pct
    from pairs
    group by measure, data_source, other_source, date_paris

)

select * from final
