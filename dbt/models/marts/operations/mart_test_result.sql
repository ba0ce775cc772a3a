{#- What did not run for so long did not run: builds come every hour. -#}
{%- set recent_days = 7 -%}

with

project_tests as (

    {{ project_tests() }}

),

results as (

    select * from {{ ref('stg_operations__dbt_results') }}
    where
        resource_type = 'test'
        and generated_at >= {{ plus_minutes(now_utc(), -24 * 60 * recent_days) }}

),

last_results as (

    select * from results
    qualify row_number() over (
        partition by unique_id
        order by generated_at desc
    ) = 1

),

last_passes as (

    select
        unique_id,
        max(generated_at) as last_passed_at
    from results
    where status = 'pass'
    group by unique_id

),

final as (

    select
        project_tests.test_id,
        project_tests.test_name,
        project_tests.test_kind,
        project_tests.tested_model,
        project_tests.tested_column,
        project_tests.severity,
        last_results.status,
        last_results.failures,
        last_results.execution_seconds,
        last_results.message,
        last_results.generated_at as ran_at,
        last_passes.last_passed_at
    from project_tests
    left join last_results on project_tests.test_id = last_results.unique_id
    left join last_passes on project_tests.test_id = last_passes.unique_id

)

select * from final
