{#- demo (simulator) or live (real APIs): what HEXAWATT_MODE says, and nothing else. -#}
{% macro dataset_mode() %}
    {%- set mode = env_var('HEXAWATT_MODE', 'demo') -%}
    {%- if mode not in ['demo', 'live'] -%}
        {{ exceptions.raise_compiler_error("HEXAWATT_MODE is '" ~ mode ~ "': set it to demo or live.") }}
    {%- endif -%}
    {{ return(mode) }}
{% endmacro %}
