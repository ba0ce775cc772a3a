{%- set columns = {
    'published_at': 'timestamptz',
    'action': 'varchar',
    'version': 'varchar',
    'previous_version': 'varchar',
    'size_bytes': 'bigint',
    'duration_seconds': 'double',
} %}

with

source as (

    {{ own_rows('raw_operations', 'publishes', columns) }}

),

renamed as (

    select
        action,
        version as version_name,
        previous_version as previous_version_name,
        cast(size_bytes as double) as size_bytes,
        cast(duration_seconds as double) as duration_seconds,
        {{ to_utc('published_at') }} as published_at
    from source

)

select * from renamed
