with

source as (

    select * from {{ source('raw_rte', 'tempo_like_calendars') }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- ids
        lower(value) as tempo_colour,

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
