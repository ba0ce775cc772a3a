{#-
  One data set of Paris's schools, whose three have the same columns. A school has no identity but its type, district and
  name; a school year is written in several ways (2017/2018 - 2018/2019, 2019-2020, 2020/2021): its first and last four
  digits are years.
-#}
{% macro paris_schools(stream, school_type) -%}
with

source as (

    select * from {{ source('raw_opendata_paris', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['libelle', 'arr_insee', 'annee_scol'], revised='id_projet') }}

),

renamed as (

    select
        -- ids
        '{{ school_type }} ' || arr_insee || ' ' || libelle as school_id,
        '{{ school_type }}' as school_type,
        left(trim(annee_scol), 4) || '-' || right(trim(annee_scol), 4) as edition,

        -- words and places
        libelle as school_name,
        arr_insee as district_code,
        adresse as address,
        cast(geo_point_2d_lat as double) as latitude,
        cast(geo_point_2d_lon as double) as longitude,

        -- years
        try_cast(left(trim(annee_scol), 4) as integer) as first_year,
        try_cast(right(trim(annee_scol), 4) as integer) as last_year,

        -- timestamps
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
{%- endmacro %}

{#- An address as it is compared: the same one is written with capitals or without, `D'IVRY` or `D' IVRY`. -#}
{% macro plain_address(address) -%}
    upper(replace(replace(replace({{ address }}, ' ', ''), '''', ''), '-', ''))
{%- endmacro %}

{#- What became of a school that is there before and after: moved (50 m and more), or only its address is another. -#}
{% macro school_change(before, after) -%}
    case
        when {{ moved_m(before, after) }} >= 50 then 'moved'
        when {{ plain_address(before ~ '.address') }} <> {{ plain_address(after ~ '.address') }} then 'address_changed'
    end
{%- endmacro %}

{% macro moved_m(before, after) -%}
    1000 * {{ km_between(before ~ '.latitude', before ~ '.longitude', after ~ '.latitude', after ~ '.longitude') }}
{%- endmacro %}
