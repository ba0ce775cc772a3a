with

raw_days as (

    select * from {{ ref('int_raw_days') }}

),

spine as (

    select date_paris from {{ ref('int_paris_days') }}

),

inputs as (

    {% for stream in dated_streams() -%}
    select
        '{{ stream.input }}' as input,
        {{ stream.reaches_back }} as reaches_back
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        cast(null as varchar) as input,
        false as reaches_back
    {% endfor -%}

),

-- The weather stamped midnight also tells of the hour before it, the last of the day before.
touched_days as (

    select
        input,
        date_paris,
        raw_rows,
        newest_extracted_at
    from raw_days
    union all
    select
        raw_days.input,
        {{ plus_days('raw_days.date_paris', -1) }} as date_paris,
        raw_days.raw_rows,
        raw_days.newest_extracted_at
    from raw_days
    inner join inputs on raw_days.input = inputs.input
    where inputs.reaches_back
    union all
    -- without gaps: a day on which no source published is a day of every mart too
    select
        inputs.input,
        spine.date_paris,
        0 as raw_rows,
        cast(null as timestamp) as newest_extracted_at
    from spine
    cross join inputs

),

final as (

    select
        input,
        date_paris,
        cast(sum(raw_rows) as integer) as raw_rows,
        max(newest_extracted_at) as newest_extracted_at
    from touched_days
    group by input, date_paris

)

select * from final
