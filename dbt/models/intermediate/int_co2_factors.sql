{%- set methods = {'direct': 'rte_direct', 'ipcc': 'ipcc_2014', 'ademe': 'ademe', 'unece': 'unece_2021'} -%}
{%- set types = ['nuclear', 'hydro', 'wind', 'solar', 'gas', 'oil', 'coal', 'bioenergy', 'geothermal', 'other'] %}

with

factors as (

    select * from {{ ref('co2_factors') }}

),

dates as (

    select distinct valid_from from factors

),

-- For each of the dates the factors that were the newest then.
in_force as (

    select
        dates.valid_from,
        factors.method,
        factors.co2_type,
        factors.g_per_kwh
    from dates
    inner join factors on dates.valid_from >= factors.valid_from
    qualify row_number() over (
        partition by dates.valid_from, factors.method, factors.co2_type
        order by factors.valid_from desc
    ) = 1

),

final as (

    select
        {% for name, method in methods.items() -%}
        {% for type in types -%}
        max(case when method = '{{ method }}' and co2_type = '{{ type }}' then g_per_kwh end)
            as {{ name }}_{{ type }}_g_per_kwh,
        {% endfor -%}
        {% endfor -%}
        valid_from,
        coalesce(lead(valid_from) over (order by valid_from), cast('9999-12-31' as date)) as valid_to
    from in_force
    group by valid_from

)

select * from final
