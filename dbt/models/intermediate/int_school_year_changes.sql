with

schools as (

    select * from {{ ref('int_schools') }}

),

editions as (

    select
        school_type,
        edition_number,
        edition,
        max(read_at) as read_at,
        lag(edition) over (partition by school_type order by edition_number) as previous_edition
    from schools
    group by school_type, edition_number, edition

),

-- each school beside itself in the edition before
pairs as (

    select
        coalesce(later.school_id, earlier.school_id) as school_id,
        coalesce(later.school_type, earlier.school_type) as school_type,
        coalesce(later.school_name, earlier.school_name) as school_name,
        coalesce(later.district_code, earlier.district_code) as district_code,
        coalesce(later.edition_number, earlier.edition_number + 1) as edition_number,
        coalesce(later.latitude, earlier.latitude) as latitude,
        coalesce(later.longitude, earlier.longitude) as longitude,
        earlier.address as previous_address,
        later.address,
        {{ moved_m('earlier', 'later') }} as moved_m,
        case
            when earlier.school_id is null then 'added'
            when later.school_id is null then 'removed'
            else {{ school_change('earlier', 'later') }}
        end as change_kind
    from schools as earlier
    full outer join schools as later
        on
            earlier.school_id = later.school_id
            and earlier.edition_number + 1 = later.edition_number

),

-- the oldest edition has none before it, the newest none after
changes as (

    select
        pairs.*,
        editions.edition,
        editions.previous_edition,
        editions.read_at
    from pairs
    inner join editions
        on
            pairs.school_type = editions.school_type
            and pairs.edition_number = editions.edition_number
    where
        pairs.change_kind is not null
        and editions.previous_edition is not null

),

-- A school that disappears where another appears may only have got another name.
final as (

    select
        changes.*,
        removed.school_name as maybe_renamed_from
    from changes
    left join changes as removed
        on
            changes.change_kind = 'added'
            and removed.change_kind = 'removed'
            and changes.school_type = removed.school_type
            and changes.edition = removed.edition
            and changes.district_code = removed.district_code
            and {{ moved_m('changes', 'removed') }} < 25
    qualify row_number() over (
        partition by changes.school_id, changes.edition
        order by removed.school_name
    ) = 1

)

select * from final
