{#-
  Staging of RTE's consolidated consumption: power by half-hours, energy by days. `measure`: what the value is called.
-#}
{% macro consolidated_consumption(stream, measure) -%}
with

source as (

    select * from {{ source('raw_rte', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['start_date']) }}

),

renamed as (

    select
        -- ids
        lower(status) as status,
        -- the word for the final status isn't established: whatever is not provisional
        status <> 'PROVISORY' as is_definitive,

        -- numbers
        cast(value as double) as {{ measure }},

        -- timestamps
        start_date as raw_instant,
        updated_date as source_updated_date,
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        {{ to_utc('start_date') }} as period_start_at,
        {{ plus_minutes(to_utc('start_date'), interval_minutes()) }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris

    from newest

)

select * from renamed
{%- endmacro %}
