{#- Every raw stream has a row in the model, and no other has (column input); what the house writes itself is no stream. -#}
{% test every_raw_stream(model) %}
{%- set inputs = (dated_streams() + undated_streams()) | map(attribute='input') | list %}
with

known as (

    select * from {{ model }}

)

select input from known
where input not in ('{{ inputs | join("', '") }}')
{%- for input in inputs %}
union all
select '{{ input }}' as input
where not exists (select 1 from known where known.input = '{{ input }}')
{%- endfor %}
{% endtest %}
