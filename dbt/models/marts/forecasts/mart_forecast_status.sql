with

targets as (

    select * from {{ ref('forecast_targets') }}

),

last_runs as (

    select * from {{ ref('stg_forecasts__runs') }}
    qualify row_number() over (
        partition by target
        order by started_at desc
    ) = 1

),

trainings as (

    select * from {{ ref('dim_forecast_model') }}
    where is_newest

),

shown as (

    select
        target,
        max(issued_at) as issued_at,
        min(model_label) as model_label
    from {{ ref('mart_forecast_latest') }}
    group by target

),

final as (

    select
        targets.target,
        targets.target_label,
        targets.sort_order,
        shown.model_label,
        shown.issued_at,
        {{ to_paris('shown.issued_at') }} as issued_paris,
        cast({{ minutes_between('shown.issued_at', now_utc()) }} as double) / 60 as age_hours,
        coalesce(last_runs.status, 'never run') as last_run_status,
        last_runs.message as last_run_message,
        last_runs.finished_at as last_run_at,
        {{ to_paris('last_runs.finished_at') }} as last_run_paris,
        cast({{ minutes_between('last_runs.finished_at', now_utc()) }} as double) / 60 as last_run_age_hours,
        trainings.model_version,
        trainings.trained_at,
        trainings.is_published,
        trainings.verdict,
        trainings.skill
    from targets
    left join last_runs on targets.target = last_runs.target
    left join trainings on targets.target = trainings.target
    left join shown on targets.target = shown.target

)

select * from final
