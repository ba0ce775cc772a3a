{#- Rows n = 0 .. 10^digits - 1, the same SQL on both engines. -#}
{% macro numbers(digits) -%}
    select
    {%- for digit in range(digits) %}
        {% if not loop.first %}+ {% endif %}{{ 10 ** digit }} * d{{ digit }}.n
    {%- endfor %} as n
    from
    {%- for digit in range(digits) %}
        {% if not loop.first %}cross join {% endif -%}
        (
            {%- for n in range(10) %}select {{ n }} as n{% if not loop.last %} union all {% endif %}{% endfor -%}
        ) as d{{ digit }}
    {%- endfor %}
{%- endmacro %}
