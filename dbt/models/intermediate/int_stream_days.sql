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
        cast({{ to_paris(to_utc(instant)) }} as date) as date_paris,
        count(*) as raw_rows,
        {{ to_utc('max(_airbyte_extracted_at)') }} as newest_extracted_at
    from {{ source(schema, table) }}
    group by 1, 2

),
{% endfor %}
{%- endfor %}

raw_days as (

    {% for schema, tables in streams.items() -%}
    {% set last_schema = loop.last -%}
    {% for table, instant in tables -%}
    select * from {{ table }}
    {% if not (loop.last and last_schema) %}union all{% endif %}
    {% endfor -%}
    {% endfor %}

),

-- The weather stamped midnight also tells of the hour before it, the last of the day before.
touched_days as (

    select * from raw_days
    union all
    select
        input,
        {{ add_days(-1, 'date_paris') }} as date_paris,
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

    select {{ add_days('numbers.n', 'bounds.first_date') }} as date_paris
    from bounds
    cross join numbers
    where numbers.n <= {{ dbt.datediff('bounds.first_date', 'bounds.last_date', 'day') }}

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
