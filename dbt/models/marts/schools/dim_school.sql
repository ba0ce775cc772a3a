with

schools as (

    select
        *,
        max(edition_number) over (partition by school_type) as newest_edition_number,
        min(first_year) over (partition by school_id) as first_school_year,
        max(last_year) over (partition by school_id) as last_school_year,
        count(*) over (partition by school_id) as editions
    from {{ ref('int_schools') }}

),

districts as (

    select * from {{ ref('dim_paris_district') }}

),

newest as (

    select * from schools
    qualify row_number() over (
        partition by school_id
        order by edition_number desc
    ) = 1

),

final as (

    select
        newest.school_id,
        newest.school_type,
        newest.school_name,
        newest.address,
        newest.district_code,
        districts.district_name,
        newest.latitude,
        newest.longitude,
        newest.first_school_year,
        newest.last_school_year,
        cast(newest.editions as integer) as editions,
        newest.edition_number = newest.newest_edition_number as is_current
    from newest
    left join districts on newest.district_code = districts.district_code

)

select * from final
