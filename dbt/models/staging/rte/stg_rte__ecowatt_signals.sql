{%- set hour_start = plus_minutes('cast(jour as timestamp)', '60 * pas') -%}
{%- set hour_end = plus_minutes('cast(jour as timestamp)', '60 * (pas + 1)') -%}
{%- set one_o_clock = plus_minutes('cast(jour as timestamp)', 60) -%}

with

source as (

    select * from {{ source('raw_rte', 'ecowatt_signals') }}

),

newest as (

    select * from source
    {{ newest_row_per(['jour', 'pas'], revised='generation_fichier') }}

),

-- Hours are numbered 0 to 23 on every day. Two o'clock is the hour that March leaves out and October has twice, so its
-- bounds are told from its neighbours: it lasts no time in March and two hours in October.
timed as (

    select
        *,
        case
            when pas = 2 then {{ plus_minutes(paris_to_utc(one_o_clock), 60) }}
            else {{ paris_to_utc(hour_start) }}
        end as period_start_at,
        case
            when pas = 1 then {{ plus_minutes(paris_to_utc(hour_start), 60) }}
            else {{ paris_to_utc(hour_end) }}
        end as period_end_at
    from newest

),

renamed as (

    select
        -- ids
        cast(pas as integer) as hour_number,

        -- numbers
        cast(dvalue as integer) as day_level,
        cast(hvalue as integer) as hour_level,

        -- texts
        trim(message) as message,

        -- timestamps
        period_start_at,
        period_end_at,
        {{ to_paris('period_start_at') }} as period_start_paris,
        cast(jour as date) as date_paris,
        {{ to_utc('generation_fichier') }} as source_updated_at,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        jour as raw_instant

    from timed

)

select * from renamed
