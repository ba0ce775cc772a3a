{%- set columns = {
    'invocation_id': 'varchar',
    'generated_at': 'timestamptz',
    'unique_id': 'varchar',
    'status': 'varchar',
    'execution_seconds': 'double',
    'failures': 'bigint',
    'message': 'varchar',
} %}

with

source as (

    {{ own_rows('raw_operations', 'dbt_results', columns) }}

),

renamed as (

    select
        invocation_id,
        unique_id,
        split_part(unique_id, '.', 1) as resource_type,
        split_part(unique_id, '.', 3) as resource_name,
        status,
        cast(execution_seconds as double) as execution_seconds,
        cast(failures as integer) as failures,
        message,
        {{ to_utc('generated_at') }} as generated_at,
        generated_at as raw_instant
    from source

)

select * from renamed
