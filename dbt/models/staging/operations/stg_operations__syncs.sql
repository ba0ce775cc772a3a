{%- set columns = {
    'connection': 'varchar',
    'started_at': 'timestamptz',
    'finished_at': 'timestamptz',
    'status': 'varchar',
    'records': 'bigint',
    'message': 'varchar',
} %}

with

source as (

    {{ own_rows('raw_operations', 'syncs', columns) }}

),

renamed as (

    select
        connection as connection_name,
        status,
        cast(records as integer) as records,
        message,
        {{ to_utc('started_at') }} as started_at,
        {{ to_utc('finished_at') }} as finished_at
    from source

)

select * from renamed
