with

models as (

    select * from {{ ref('stg_forecasts__models') }}

),

targets as (

    select * from {{ ref('forecast_targets') }}

),

labels as (

    select * from {{ ref('forecast_models') }}

),

final as (

    select
        models.target,
        coalesce(targets.target_label, models.target) as target_label,
        models.model_version,
        row_number() over (
            partition by models.target
            order by models.trained_at desc, models.model_version desc
        ) = 1 as is_newest,
        models.trained_at,
        {{ to_paris('models.trained_at') }} as trained_paris,
        models.training_seconds,
        models.training_rows,
        models.data_from_at,
        models.data_until_at,
        models.backtest_from_at,
        models.backtest_until_at,
        models.score_kind,
        models.model_score,
        models.naive_model,
        coalesce(labels.model_label, models.naive_model) as naive_model_label,
        models.naive_score,
        1 - models.model_score / nullif(models.naive_score, 0) as skill,
        models.is_published,
        models.verdict,
        models.seed,
        models.features,
        models.libraries
    from models
    left join targets on models.target = targets.target
    left join labels on models.naive_model = labels.model

)

select * from final
