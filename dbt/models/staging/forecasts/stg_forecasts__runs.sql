{%- set columns = {
    'target': 'varchar',
    'started_at': 'timestamptz',
    'finished_at': 'timestamptz',
    'status': 'varchar',
    'model_version': 'varchar',
    'message': 'varchar',
} %}

with

source as (

    {{ own_rows('raw_forecast', 'runs', columns) }}

),

renamed as (

    select
        target,
        status,
        model_version,
        message,
        cast(started_at as timestamp) as started_at,
        cast(finished_at as timestamp) as finished_at
    from source

)

select * from renamed
