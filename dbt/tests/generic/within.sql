{#- Values lie between two bounds, both included. -#}
{% test within(model, column_name, least, most) %}
select {{ column_name }} from {{ model }}
where {{ column_name }} < {{ least }} or {{ column_name }} > {{ most }}
{% endtest %}
