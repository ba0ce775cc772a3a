{#- What streams of Energy-Charts with the same columns share: their staging models, and the marts of them. -#}

{#- The period columns of every Energy-Charts staging model, from the columns start_date and resolution_minutes. -#}
{% macro energy_charts_period() %}
        {{ to_utc('start_date') }} as period_start_at,
        {{ plus_minutes(to_utc('start_date'), 'resolution_minutes') }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris,
        cast(resolution_minutes as integer) as resolution_minutes
{%- endmacro %}

{#-
  Staging of what is generated and taken up, by type: public power and total power. Of installed power the periods are
  years or months, and the source says when it revised them.
-#}
{% macro energy_charts_power_rows(stream, installed=false) -%}
with

source as (

    select * from {{ source('raw_energy_charts', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(
        ['country', 'production_type', 'start_date'],
        revised='last_update' if installed else '_airbyte_extracted_at'
    ) }}

),

renamed as (

    select
        -- ids
        country,
        production_type as energy_charts_label,
        series_class,
        unit,

        -- numbers
        cast(value as double) as series_value,

        -- timestamps
        {%- if installed %}
        cast(start_date as date) as valid_from,
        {{ to_utc('last_update') }} as source_updated_at,
        {%- else %}
        {{ energy_charts_period() }},
        start_date as raw_instant,
        {%- endif %}
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from newest

)

select * from renamed
{%- endmacro %}

{#- Staging of what crosses a border: physical flows and trade. -#}
{% macro energy_charts_border_rows(stream) -%}
with

source as (

    select * from {{ source('raw_energy_charts', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['country', 'neighbour', 'start_date'], revised='_airbyte_extracted_at') }}

),

renamed as (

    select
        -- ids
        country,
        neighbour,

        -- numbers
        cast(value as double) as net_import_gw,

        -- timestamps
        {{ energy_charts_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
{%- endmacro %}

{#- Mart of public power or total power. -#}
{% macro energy_charts_power(stream, days) -%}
with

measured as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        raw_stream = '{{ stream }}'
        and reject_reason is null
        and series_class in ('generation', 'consumption')
        and {{ in_days(days, instant='raw_instant') }}

),

types as (

    select * from {{ ref('energy_charts_types') }}

),

-- A label that is not in the list yet keeps its own name rather than being lost.
final as (

    select
        measured.ec_area as country,
        coalesce(types.production_type, lower(replace(measured.series, ' ', '_'))) as production_type,
        coalesce(types.production_type_label, measured.series) as production_type_label,
        coalesce(types.production_group, 'other') as production_group,
        measured.series_class,
        measured.period_start_at,
        measured.period_end_at,
        measured.period_start_paris,
        measured.date_paris,
        measured.resolution_minutes,
        measured.series_value as power_mw,
        measured.series_value * measured.resolution_minutes / 60 as energy_mwh,
        measured.read_at
    from measured
    left join types on measured.series = types.energy_charts_label

)

select * from final
{%- endmacro %}

{#- Mart of what crosses a border, in MW. -#}
{% macro energy_charts_net_import(stream, days) -%}
with

borders as (

    select * from {{ ref('int_energy_charts__validated') }}
    where
        raw_stream = '{{ stream }}'
        and reject_reason is null
        and {{ in_days(days, instant='raw_instant') }}

),

areas as (

    select * from {{ ref('areas') }}

),

final as (

    select
        borders.ec_area as country,
        borders.series as neighbour,
        areas.ec_country as neighbour_country,
        borders.period_start_at,
        borders.period_end_at,
        borders.period_start_paris,
        borders.date_paris,
        borders.resolution_minutes,
        borders.series_value * 1000 as net_import_mw,
        borders.read_at
    from borders
    left join areas on borders.series = areas.ec_label

)

select * from final
{%- endmacro %}
