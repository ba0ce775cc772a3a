{#- What a technology earned for each MWh it sold, EUR/MWh; NULL where it sold nothing. -#}
{% macro capture_price(generation_mwh, market_value_eur) -%}
    {{ market_value_eur }} / nullif({{ generation_mwh }}, 0)
{%- endmacro %}

{#- The capture price in % of the mean price of the same hours; without meaning where that mean is not above zero. -#}
{% macro capture_rate(generation_mwh, market_value_eur, base_price) -%}
    case
        when {{ base_price }} > 0
            then 100 * {{ capture_price(generation_mwh, market_value_eur) }} / {{ base_price }}
    end
{%- endmacro %}
