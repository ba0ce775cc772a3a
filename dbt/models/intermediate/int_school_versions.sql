{#- More than 80 lines: schools that are there and schools that are gone are compared with the same versions. -#}
{{ config(materialized='incremental', full_refresh=false, incremental_strategy='append', transient=false) }}

with

schools as (

    select * from {{ ref('int_schools') }}

),

-- what the builds before saw of each school and edition: nothing in the first
seen as (

    {% if is_incremental() %}
    select * from {{ this }}
    {% else %}
    select
        *,
        '' as change_kind,
        0 as version_number
    from schools
    where 1 = 0
    {% endif %}

),

known as (

    select * from seen
    qualify row_number() over (
        partition by school_id, edition
        order by version_number desc
    ) = 1

),

known_editions as (

    select distinct
        school_type,
        edition
    from known

),

read_editions as (

    select
        school_type,
        edition,
        max(read_at) as read_at
    from schools
    group by school_type, edition

),

present as (

    select
        schools.*,
        case
            when known_editions.edition is null then 'first_read'
            when known.school_id is null or known.change_kind = 'removed' then 'added'
            else {{ school_change('known', 'schools') }}
        end as change_kind,
        coalesce(known.version_number, 0) + 1 as version_number
    from schools
    left join known
        on
            schools.school_id = known.school_id
            and schools.edition = known.edition
    left join known_editions
        on
            schools.school_type = known_editions.school_type
            and schools.edition = known_editions.edition

),

-- An edition without any row tells nothing: its list was not read, or the city no longer publishes it.
gone as (

    select
        known.*,
        read_editions.read_at as missed_at
    from known
    inner join read_editions
        on
            known.school_type = read_editions.school_type
            and known.edition = read_editions.edition
    left join schools
        on
            known.school_id = schools.school_id
            and known.edition = schools.edition
    where
        schools.school_id is null
        and known.change_kind <> 'removed'

),

{%- set columns = [
    'school_id', 'school_type', 'edition', 'school_name', 'district_code', 'address', 'latitude', 'longitude',
    'first_year', 'last_year'
] %}

final as (

    select
        {{ columns | join(',\n        ') }},
        read_at,
        change_kind,
        version_number
    from present
    where change_kind is not null
    union all
    select
        {{ columns | join(',\n        ') }},
        missed_at as read_at,
        'removed' as change_kind,
        version_number + 1 as version_number
    from gone

)

select * from final
