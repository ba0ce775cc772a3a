{%- set columns = {
    'target': 'varchar',
    'started_at': 'timestamp',
    'finished_at': 'timestamp',
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
        started_at,
        finished_at
    from source

)

select * from renamed
