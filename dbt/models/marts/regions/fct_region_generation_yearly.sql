{%- set groups = ['nuclear', 'fossil', 'hydro', 'wind', 'solar', 'bioenergy'] -%}

with

yearly as (

    select * from {{ ref('stg_odre__prod_region_annuelle_filiere') }}

),

final as (

    {% for group in groups -%}
    select
        region_code,
        region_name,
        calendar_year,
        '{{ group }}' as production_group,
        {{ group }}_gwh as generation_gwh,
        read_at
    from yearly
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}

)

select * from final
