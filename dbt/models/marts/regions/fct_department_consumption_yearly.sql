{%- set sectors = ['agriculture', 'industry', 'services', 'households', 'unassigned'] -%}

with

yearly as (

    select * from {{ ref('stg_odre__conso_departement_annuelle') }}

),

-- the totals that the source gives beside its sectors stay out: they would count everything twice
final as (

    {% for energy in ['electricity', 'gas'] -%}
    {% set last_energy = loop.last -%}
    {% for sector in sectors -%}
    select
        department_code,
        department_name,
        region_code,
        calendar_year,
        '{{ energy }}' as energy,
        '{{ sector }}' as sector,
        {{ energy }}_{{ sector }}_mwh as consumption_mwh,
        read_at
    from yearly
    {% if not (loop.last and last_energy) %}union all{% endif %}
    {% endfor -%}
    {% endfor -%}

)

select * from final
