{#- Two columns that tell the same thing differ by no more than the tolerance where both are known. -#}
{% test agrees_with(model, column_name, other, tolerance) %}
select {{ column_name }}, {{ other }} from {{ model }}
where abs({{ column_name }} - {{ other }}) > {{ tolerance }}
{% endtest %}
