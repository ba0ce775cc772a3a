{{ config(materialized='incremental', incremental_strategy='append') }}
{%- set since = newest_in_model('started_at') %}

with

builds as (

    select * from {{ ref('stg_operations__builds') }}
    {% if since %}
    where started_at > cast('{{ since }}' as timestamp)
    {% endif %}

),

results as (

    select * from {{ ref('stg_operations__dbt_results') }}
    {% if since %}
    where raw_instant > cast('{{ since }}+00:00' as timestamptz)
    {% endif %}

),

counted as (

    select
        invocation_id,
        count(case when resource_type <> 'test' then 1 end) as models,
        count(case when resource_type = 'test' then 1 end) as tests,
        count(case when status = 'warn' then 1 end) as warnings,
        count(case when status in ('fail', 'error', 'runtime error') then 1 end) as failures,
        count(case when status = 'skipped' then 1 end) as skipped
    from results
    group by invocation_id

),

final as (

    select
        builds.started_at,
        builds.finished_at,
        {{ to_paris('builds.started_at') }} as started_paris,
        cast({{ to_paris('builds.started_at') }} as date) as date_paris,
        cast({{ seconds_between('builds.started_at', 'builds.finished_at') }} as double) as duration_seconds,
        builds.status,
        builds.invocation_id,
        cast(counted.models as integer) as models,
        cast(counted.tests as integer) as tests,
        cast(counted.warnings as integer) as warnings,
        cast(counted.failures as integer) as failures,
        cast(counted.skipped as integer) as skipped
    from builds
    left join counted on builds.invocation_id = counted.invocation_id

)

select * from final
