{#- Rows between two areas, one of which is France: seen from France, and without the codes of the links. -#}

{#- export, import, or NULL where France is neither end -#}
{% macro border_direction() -%}
    case
        when sender_country_eic_code = '{{ var("france_eic") }}' then 'export'
        when receiver_country_eic_code = '{{ var("france_eic") }}' then 'import'
    end
{%- endmacro %}

{#- the other end -#}
{% macro neighbour_eic_code() -%}
    case
        when sender_country_eic_code = '{{ var("france_eic") }}' then receiver_country_eic_code
        else sender_country_eic_code
    end
{%- endmacro %}

{#-
  Rows of a border-staging model with their border_code. One border may come under several codes at once: its own, and
  those of its links. The best code counts; codes of equal priority are parts of the border and add up. `key`: what tells
  the rows of one border and direction apart, the period included.
-#}
{% macro rows_by_border(rows, key) -%}
    select
        {{ rows }}.*,
        eic_codes.border_code
    from {{ rows }}
    inner join {{ ref('eic_codes') }} as eic_codes on {{ rows }}.neighbour_eic_code = eic_codes.eic_code
    where {{ rows }}.direction is not null
    qualify dense_rank() over (
        partition by eic_codes.border_code, {{ rows }}.direction, {{ rows }}.{{ key | join(', ' ~ rows ~ '.') }}
        order by eic_codes.priority
    ) = 1
{%- endmacro %}
