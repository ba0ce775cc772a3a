{#-
  The pinball loss of one quantile: what it costs to be off, `share` of it when the outcome was above and the rest when it
  was below, so that the true quantile costs least.
-#}
{% macro pinball_loss(share, forecast, actual) -%}
    greatest({{ share }} * ({{ actual }} - {{ forecast }}), ({{ share }} - 1) * ({{ actual }} - {{ forecast }}))
{%- endmacro %}
