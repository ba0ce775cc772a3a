{%- set columns = {
    'target': 'varchar',
    'model_version': 'varchar',
    'trained_at': 'timestamp',
    'data_from': 'timestamp',
    'data_until': 'timestamp',
    'training_rows': 'bigint',
    'backtest_from': 'timestamp',
    'backtest_until': 'timestamp',
    'score': 'varchar',
    'model_score': 'double',
    'naive_model': 'varchar',
    'naive_score': 'double',
    'is_published': 'boolean',
    'verdict': 'varchar',
    'seed': 'bigint',
    'features': 'varchar',
    'libraries': 'varchar',
    'training_seconds': 'double',
} %}

with

source as (

    {{ own_rows('raw_forecast', 'models', columns) }}

),

renamed as (

    select
        -- ids
        target,
        model_version,

        -- what it learnt from, and how
        data_from as data_from_at,
        data_until as data_until_at,
        cast(training_rows as bigint) as training_rows,
        cast(seed as bigint) as seed,
        features,
        libraries,
        cast(training_seconds as double) as training_seconds,

        -- how well it foresees
        backtest_from as backtest_from_at,
        backtest_until as backtest_until_at,
        score as score_kind,
        cast(model_score as double) as model_score,
        naive_model,
        cast(naive_score as double) as naive_score,
        is_published,
        verdict,

        -- timestamps
        trained_at

    from source

)

select * from renamed
