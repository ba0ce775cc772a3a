{#- Above the usual 80 lines: generation, imports and what France uses of both. -#}
{%- set inputs = ['fct_carbon_intensity', 'fct_import_carbon'] -%}
{{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
{%- set days = changed_days(inputs) -%}
{%- set hours_of_day = hours_between(
    paris_to_utc('cast(date_paris as timestamp)'),
    paris_to_utc('cast(' ~ plus_days('date_paris', 1) ~ ' as timestamp)')
) -%}
{%- set figures = ['rte', 'direct', 'ipcc', 'ademe', 'unece'] %}

with

intensities as (

    select * from {{ ref('fct_carbon_intensity') }}
    where {{ in_days(days, day='date_paris') }}

),

-- Weighted by generation: a mean of hours would count a calm night as much as an evening peak.
generated as (

    select
        area_code,
        area_name,
        date_paris,
        maturity,
        {% for figure in figures -%}
        sum({{ figure }}_g_per_kwh * generation_mw)
        / nullif(sum(case when {{ figure }}_g_per_kwh is not null then generation_mw end), 0) as {{ figure }}_g_per_kwh,
        {% endfor -%}
        sum(case when direct_g_per_kwh is not null then generation_mw * resolution_minutes end) / 60 as generation_mwh,
        sum(case when direct_g_per_kwh is not null then resolution_minutes else 0 end) as minutes_known,
        60 * {{ hours_of_day }} as minutes_of_day
    from intensities
    group by area_code, area_name, date_paris, maturity

),

-- What knows most of the day comes first: a few intervals are not the day, however settled.
best as (

    select * from generated
    where minutes_known > 0
    qualify row_number() over (
        partition by area_code, date_paris
        order by minutes_known desc, case maturity when 'definitive' then 1 when 'consolidated' then 2 else 3 end
    ) = 1

),

borders as (

    select count(*) as borders from {{ ref('dim_border') }}

),

-- Imports are known when those of every border are, in every hour of the day.
imported as (

    select
        date_paris,
        sum(flows.import_mw) as import_mwh,
        sum(flows.import_mw * flows.direct_g_per_kwh) as direct_kg,
        sum(flows.import_mw * flows.ipcc_g_per_kwh) as ipcc_kg,
        sum(case when flows.is_measured then flows.import_mw else 0 end) as measured_mwh
    from {{ ref('fct_import_carbon') }} as flows
    cross join borders
    where {{ in_days(days, day='date_paris') }}
    group by date_paris, borders.borders
    having
        count(flows.import_mw) = borders.borders * {{ hours_of_day }}

),

joined as (

    select
        best.*,
        best.minutes_known = best.minutes_of_day as is_whole,
        imported.import_mwh,
        imported.direct_kg,
        imported.ipcc_kg,
        imported.measured_mwh
    from best
    left join imported on best.date_paris = imported.date_paris and best.area_code = 'FR'

),

final as (

    select
        area_code,
        area_name,
        date_paris,
        maturity,
        100.0 * minutes_known / minutes_of_day as known_pct,
        case when is_whole then generation_mwh / 1000 end as generation_gwh,
        rte_g_per_kwh,
        direct_g_per_kwh,
        ipcc_g_per_kwh,
        ademe_g_per_kwh,
        unece_g_per_kwh,
        case when is_whole then generation_mwh * direct_g_per_kwh / 1000 end as direct_emissions_tonnes,
        import_mwh / 1000 as import_gwh,
        100.0 * measured_mwh / nullif(import_mwh, 0) as import_measured_pct,
        direct_kg / nullif(import_mwh, 0) as import_direct_g_per_kwh,
        ipcc_kg / nullif(import_mwh, 0) as import_ipcc_g_per_kwh,
        {%- for figure in ['direct', 'ipcc'] %}
        case
            when is_whole
                then ({{ figure }}_g_per_kwh * generation_mwh + {{ figure }}_kg) / (generation_mwh + import_mwh)
        end as consumption_{{ figure }}_g_per_kwh{% if not loop.last %},{% endif %}
        {%- endfor %}
    from joined

)

select * from final
