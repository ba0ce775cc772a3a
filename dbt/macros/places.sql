{#- Kilometres between two places, on a plane: within a per mille for neighbours in Europe. -#}
{% macro km_between(latitude_1, longitude_1, latitude_2, longitude_2) -%}
    111.195 * sqrt(
        power({{ latitude_1 }} - {{ latitude_2 }}, 2)
        + power(
            ({{ longitude_1 }} - {{ longitude_2 }}) * cos(radians(({{ latitude_1 }} + {{ latitude_2 }}) / 2)), 2
        )
    )
{%- endmacro %}

{#- naive clock of a zone (a column or a quoted name) -> naive UTC -#}
{% macro clock_to_utc(clock, zone) %}{{ return(adapter.dispatch('clock_to_utc')(clock, zone)) }}{% endmacro %}

{% macro duckdb__clock_to_utc(clock, zone) %}timezone('UTC', timezone({{ zone }}, {{ clock }})){% endmacro %}

{% macro snowflake__clock_to_utc(clock, zone) %}convert_timezone({{ zone }}, 'UTC', {{ clock }}){% endmacro %}

{#- naive UTC -> naive clock of a zone -#}
{% macro to_clock(utc, zone) %}{{ return(adapter.dispatch('to_clock')(utc, zone)) }}{% endmacro %}

{% macro duckdb__to_clock(utc, zone) %}timezone({{ zone }}, timezone('UTC', {{ utc }})){% endmacro %}

{% macro snowflake__to_clock(utc, zone) %}convert_timezone('UTC', {{ zone }}, {{ utc }}){% endmacro %}
