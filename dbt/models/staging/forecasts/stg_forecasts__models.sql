{%- set columns = {
    'target': 'varchar',
    'model_version': 'varchar',
    'trained_at': 'timestamptz',
    'data_from': 'timestamptz',
    'data_until': 'timestamptz',
    'training_rows': 'bigint',
    'backtest_from': 'timestamptz',
    'backtest_until': 'timestamptz',
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
        cast(data_from as timestamp) as data_from_at,
        cast(data_until as timestamp) as data_until_at,
        cast(training_rows as bigint) as training_rows,
        cast(seed as bigint) as seed,
        features,
        libraries,
        cast(training_seconds as double) as training_seconds,

        -- how well it foresees
        cast(backtest_from as timestamp) as backtest_from_at,
        cast(backtest_until as timestamp) as backtest_until_at,
        score as score_kind,
        cast(model_score as double) as model_score,
        naive_model,
        cast(naive_score as double) as naive_score,
        is_published,
        verdict,

        -- timestamps
        cast(trained_at as timestamp) as trained_at

    from source

)

select * from renamed
