{#- Each build runs everything, several times an hour: what is old, and tests that passed, only count (fct_build). -#}
{%- set kept_days = 60 -%}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    post_hook="delete from {{ this }} where date_paris < " ~ plus_days("cast(" ~ now_utc() ~ " as date)", -kept_days)
) }}
{%- set since = newest_in_model('built_at') %}

with

results as (

    select * from {{ ref('stg_operations__dbt_results') }}
    {% if since %}
    where raw_instant > cast('{{ since }}+00:00' as timestamptz)
    {% endif %}

),

final as (

    select
        invocation_id,
        unique_id,
        resource_type,
        resource_name,
        generated_at as built_at,
        {{ to_paris('generated_at') }} as built_paris,
        cast({{ to_paris('generated_at') }} as date) as date_paris,
        status,
        execution_seconds,
        failures,
        message
    from results
    where
        resource_type <> 'test'
        or status <> 'pass'

)

select * from final
