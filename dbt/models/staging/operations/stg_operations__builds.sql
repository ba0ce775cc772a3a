{%- set columns = {
    'started_at': 'timestamptz',
    'finished_at': 'timestamptz',
    'status': 'varchar',
    'invocation_id': 'varchar',
} %}

with

source as (

    {{ own_rows('raw_operations', 'builds', columns) }}

),

renamed as (

    select
        invocation_id,
        status,
        {{ to_utc('started_at') }} as started_at,
        {{ to_utc('finished_at') }} as finished_at
    from source

)

select * from renamed
