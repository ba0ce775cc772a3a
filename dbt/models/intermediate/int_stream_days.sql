{%- set streams = {
    'raw_rte': [
        ('consumption_short_term', 'start_date'),
        ('actual_generations_per_production_type', 'start_date'),
        ('generation_forecasts', 'start_date'),
        ('physical_flows', 'start_date'),
        ('france_power_exchanges', 'start_date'),
    ],
    'raw_weather': [('archive_hourly', 'time'), ('forecast_hourly', 'time')],
} -%}

with

{% for schema, tables in streams.items() %}
{%- for table, instant in tables %}
{{ table }} as (

    select
        '{{ schema }}.{{ table }}' as input,
        {{ instant }} as instant,
        count(*) as raw_rows,
        max(_airbyte_extracted_at) as newest_extracted_at
    from {{ source(schema, table) }}
    group by 1, 2

),
{% endfor %}
{%- endfor %}

-- Grouped by instant first: the clock in Paris is worked out once for each instant, not for each row.
instants as (

    {% for schema, tables in streams.items() -%}
    {% set last_schema = loop.last -%}
    {% for table, instant in tables -%}
    select * from {{ table }}
    {% if not (loop.last and last_schema) %}union all{% endif %}
    {% endfor -%}
    {% endfor %}

),

raw_days as (

    select
        input,
        cast({{ to_paris(to_utc('instant')) }} as date) as date_paris,
        sum(raw_rows) as raw_rows,
        {{ to_utc('max(newest_extracted_at)') }} as newest_extracted_at
    from instants
    group by 1, 2

),

-- The weather stamped midnight also tells of the hour before it, the last of the day before.
touched_days as (

    select * from raw_days
    union all
    select
        input,
        {{ plus_days('date_paris', -1) }} as date_paris,
        raw_rows,
        newest_extracted_at
    from raw_days
    where input like 'raw_weather.%'

),

bounds as (

    select
        min(date_paris) as first_date,
        max(date_paris) as last_date
    from raw_days

),

numbers as (

    {{ numbers(4) }}

),

-- without gaps: a day on which no source published is a day of every mart too
days as (

    select {{ plus_days('bounds.first_date', 'numbers.n') }} as date_paris
    from bounds
    cross join numbers
    where numbers.n <= {{ days_between('bounds.first_date', 'bounds.last_date') }}

),

inputs as (

    {% for schema, tables in streams.items() -%}
    {% set last_schema = loop.last -%}
    {% for table, instant in tables -%}
    select '{{ schema }}.{{ table }}' as input
    {% if not (loop.last and last_schema) %}union all{% endif %}
    {% endfor -%}
    {% endfor %}

),

final as (

    select
        inputs.input,
        days.date_paris,
        cast(coalesce(sum(touched_days.raw_rows), 0) as integer) as raw_rows,
        max(touched_days.newest_extracted_at) as newest_extracted_at
    from days
    cross join inputs
    left join touched_days
        on
            days.date_paris = touched_days.date_paris
            and inputs.input = touched_days.input
    group by inputs.input, days.date_paris

)

select * from final
