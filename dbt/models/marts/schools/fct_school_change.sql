with

year_changes as (

    select * from {{ ref('int_school_year_changes') }}

),

versions as (

    select * from {{ ref('int_school_versions') }}

),

districts as (

    select * from {{ ref('dim_paris_district') }}

),

read_changes as (

    select
        *,
        lag(address) over (partition by school_id, edition order by version_number) as previous_address,
        lag(latitude) over (partition by school_id, edition order by version_number) as previous_latitude,
        lag(longitude) over (partition by school_id, edition order by version_number) as previous_longitude
    from versions

),

changes as (

    select
        'school_years' as compared,
        school_id,
        edition,
        1 as version_number,
        change_kind,
        school_type,
        school_name,
        district_code,
        previous_address,
        address,
        moved_m,
        maybe_renamed_from,
        read_at
    from year_changes
    union all
    select
        'reads' as compared,
        school_id,
        edition,
        version_number,
        change_kind,
        school_type,
        school_name,
        district_code,
        case when change_kind = 'added' then null else previous_address end as previous_address,
        case when change_kind = 'removed' then null else address end as address,
        case
            when change_kind in ('moved', 'address_changed')
                then 1000 * {{ km_between('previous_latitude', 'previous_longitude', 'latitude', 'longitude') }}
        end as moved_m,
        cast(null as varchar) as maybe_renamed_from,
        read_at
    from read_changes
    where change_kind <> 'first_read'

),

final as (

    select
        changes.compared,
        changes.school_id,
        changes.edition,
        cast(changes.version_number as integer) as version_number,
        changes.change_kind,
        changes.school_type,
        changes.school_name,
        changes.district_code,
        districts.district_name,
        changes.previous_address,
        changes.address,
        changes.moved_m,
        changes.maybe_renamed_from,
        changes.read_at
    from changes
    left join districts on changes.district_code = districts.district_code

)

select * from final
