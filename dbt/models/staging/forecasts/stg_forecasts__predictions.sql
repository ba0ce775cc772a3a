{%- set columns = {
    'target': 'varchar',
    'entity': 'varchar',
    'model': 'varchar',
    'model_version': 'varchar',
    'kind': 'varchar',
    'issued_at': 'timestamp',
    'valid_at': 'timestamp',
    'step_minutes': 'integer',
    'horizon_minutes': 'integer',
    'quantile': 'double',
    'value': 'double',
    'written_at': 'timestamp',
} %}

with

source as (

    {{ own_rows('raw_forecast', 'predictions', columns) }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by target, entity, model, kind, issued_at, valid_at, quantile
        order by written_at desc
    ) = 1

),

renamed as (

    select
        -- ids: production types are written in capitals or not
        target,
        case when target in ('load', 'air_quality') then entity else lower(entity) end as entity,
        model,
        model_version,
        kind as forecast_kind,

        -- numbers
        cast(round(100 * quantile) as integer) as quantile_pct,
        cast(value as double) as predicted_value,
        cast(step_minutes as integer) as step_minutes,
        cast(horizon_minutes as integer) as horizon_minutes,

        -- timestamps
        issued_at,
        valid_at as period_start_at,
        {{ plus_minutes('valid_at', 'step_minutes') }} as period_end_at,
        {{ to_paris('valid_at') }} as period_start_paris,
        cast({{ to_paris('valid_at') }} as date) as date_paris,
        written_at

    from newest

)

select * from renamed
