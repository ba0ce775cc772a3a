{#- The columns of a row do not decrease from one to the next; an unknown one is left out. -#}
{% test in_order(model, columns) %}
select {{ columns | join(', ') }} from {{ model }}
where
    {%- for column in columns[1:] %}
    {{ columns[loop.index0] }} > {{ column }}{% if not loop.last %} or{% endif %}
    {%- endfor %}
{% endtest %}
