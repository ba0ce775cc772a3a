{%- set columns = [
    'school_id', 'school_type', 'edition', 'school_name', 'district_code', 'address', 'latitude', 'longitude',
    'first_year', 'last_year', 'read_at'
] %}

with

schools as (

    select {{ columns | join(', ') }} from {{ ref('stg_opendata_paris__colleges') }}
    union all
    select {{ columns | join(', ') }} from {{ ref('stg_opendata_paris__ecoles_elementaires') }}
    union all
    select {{ columns | join(', ') }} from {{ ref('stg_opendata_paris__maternelles') }}

),

-- the editions of each type in their order: an edition may be for more than one school year
final as (

    select
        {{ columns | join(',\n        ') }},
        dense_rank() over (partition by school_type order by first_year, last_year) as edition_number
    from schools

)

select * from final
