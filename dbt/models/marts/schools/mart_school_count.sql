with

schools as (

    select * from {{ ref('int_schools') }}

),

districts as (

    select * from {{ ref('dim_paris_district') }}

),

numbers as (

    {{ numbers(1) }}

),

-- an edition for two school years counts for each of them
school_years as (

    select distinct
        schools.school_type,
        schools.edition,
        schools.first_year + numbers.n as school_year
    from schools
    inner join numbers on schools.first_year + numbers.n < schools.last_year

),

counted as (

    select
        school_type,
        edition,
        district_code,
        count(*) as schools
    from schools
    group by school_type, edition, district_code

),

-- the lists are whole: a district that is not in one has no school of the type
final as (

    select
        school_years.school_type,
        districts.district_code,
        districts.district_name,
        cast(school_years.school_year as integer) as school_year,
        school_years.school_year || '/' || (school_years.school_year + 1) as school_year_label,
        school_years.edition,
        cast(coalesce(counted.schools, 0) as integer) as schools,
        10000.0 * coalesce(counted.schools, 0) / districts.population as schools_per_10000_inhabitants,
        school_years.school_year = max(school_years.school_year) over (
            partition by school_years.school_type
        ) as is_newest,
        districts.outline
    from school_years
    cross join districts
    left join counted
        on
            school_years.school_type = counted.school_type
            and school_years.edition = counted.edition
            and districts.district_code = counted.district_code

)

select * from final
