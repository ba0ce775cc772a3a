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
-- A value that was revised is summed up anew when it is revised again: of days with more rows in the log than were
-- summed up, whatever the clock of the builds said.
with

logged as (

    select
        date_paris,
        count(*) as revisions
    from {{ ref('fct_revision') }}
    group by date_paris

),

summed_up as (

    {% if is_incremental() -%}
    select
        date_paris,
        sum(revisions) as revisions
    from {{ this }}
    group by date_paris
    {%- else -%}
    select
        cast(null as date) as date_paris,
        0 as revisions
    {%- endif %}

),

touched_days as (

    select logged.date_paris
    from logged
    left join summed_up on logged.date_paris = summed_up.date_paris
    where logged.revisions <> coalesce(summed_up.revisions, 0)

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
