{#- The marts that log revisions: this one is built after them, though it reads the log alone. -#}
{%- set logging = [
    'fct_air_quality_hourly', 'fct_eco2mix_national', 'fct_eco2mix_regional',
    'fct_metropole_load', 'fct_balancing_price', 'fct_commercial_exchange',
    'fct_demand_response', 'fct_ecowatt', 'fct_generation',
    'fct_generation_forecast', 'fct_generation_mix', 'fct_generation_mix_sub_type',
    'fct_generation_unit', 'fct_imbalance', 'fct_load',
    'fct_load_consolidated', 'fct_losses_forecast', 'fct_ntc',
    'fct_physical_flow', 'fct_country_balance', 'fct_cross_border_flow_ec',
    'fct_cross_border_trade_ec', 'fct_public_power', 'fct_renewable_share_daily',
    'fct_total_power'
] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['mart', 'entity', 'measure', 'period_start_at']
) }}

{% for mart in logging -%}
-- depends_on: {{ ref(mart) }}
{% endfor -%}
-- A value that was revised is summed up anew when it is revised again: only days that the log tells of since are read.
with

touched_days as (

    select distinct date_paris from {{ ref('fct_revision') }}
    {% if is_incremental() %}
    where logged_at >= (select coalesce(max(last_logged_at), cast('1970-01-01' as timestamp)) from {{ this }})
    {% endif %}

),

revisions as (

    select * from {{ ref('fct_revision') }}
    where date_paris in (select touched_days.date_paris from touched_days)

),

ordered as (

    select
        *,
        row_number() over (
            partition by mart, entity, measure, period_start_at
            order by logged_at, seen_at
        ) as revision_number,
        row_number() over (
            partition by mart, entity, measure, period_start_at
            order by logged_at desc, seen_at desc
        ) as revisions_left
    from revisions

),

final as (

    select
        mart,
        entity,
        measure,
        period_start_at,
        max(period_start_paris) as period_start_paris,
        max(date_paris) as date_paris,
        max(case when revision_number = 1 then old_value end) as first_value,
        max(case when revisions_left = 1 then new_value end) as last_value,
        max(case when revisions_left = 1 then new_value end)
        - max(case when revision_number = 1 then old_value end) as total_change,
        max(abs(value_change)) as largest_change,
        cast(count(*) as integer) as revisions,
        min(seen_at) as first_revised_at,
        max(seen_at) as last_revised_at,
        max(logged_at) as last_logged_at
    from ordered
    group by mart, entity, measure, period_start_at

)

select * from final
