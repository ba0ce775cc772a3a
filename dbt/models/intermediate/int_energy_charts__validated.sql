{{ config(materialized='view') }}

-- Longer than 80 lines: six streams come into one shape, so that each rule is written once.
{%- set streams = {
    'public_power': ['country', 'energy_charts_label', "''", 'series_class', 'unit', 'series_value', 'true'],
    'total_power': ['country', 'energy_charts_label', "''", 'series_class', 'unit', 'series_value', 'true'],
    'public_power_forecast': [
        'country', 'production_type', 'forecast_kind',
        "case when production_type = 'load' then 'load' else 'generation' end", "'MW'", 'forecast_mw', 'false'
    ],
    'day_ahead_prices': [
        'bidding_zone', "'price'", 'licence', "'price'", "'EUR/MWh'", 'price_eur_per_mwh', 'false'
    ],
    'cross_border_flows': ['country', 'neighbour', "''", "'border'", "'GW'", 'net_import_gw', 'true'],
    'cross_border_trade': ['country', 'neighbour', "''", "'border'", "'GW'", 'net_import_gw', 'false'],
} %}

with

{% for stream, (area, series, detail, series_class, unit, amount, is_measured) in streams.items() -%}
{{ stream }} as (

    select
        '{{ stream }}' as raw_stream,
        {{ area }} as ec_area,
        {{ series }} as series,
        {{ detail }} as series_detail,
        {{ series_class }} as series_class,
        {{ unit }} as unit,
        {{ amount }} as series_value,
        {{ is_measured }} as is_measured,
        period_start_at,
        period_end_at,
        period_start_paris,
        date_paris,
        resolution_minutes,
        read_at,
        raw_instant
    from {{ ref('stg_energy_charts__' ~ stream) }}

),

{% endfor -%}
limits as (

    select * from {{ ref('energy_charts_limits') }}

),

all_streams as (

    {% for stream in streams -%}
    select * from {{ stream }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        rows_read.*,
        case
            when rows_read.series_value is null then 'no value'
            when coalesce(rows_read.resolution_minutes, 0) not in (15, 30, 60) then 'unknown resolution'
            when mod(extract(minute from rows_read.period_start_at), rows_read.resolution_minutes) <> 0
                then 'start off the clock'
            when rows_read.is_measured and rows_read.period_start_at > rows_read.read_at then 'measured before its time'
            when rows_read.series_value < coalesce(own.least, common.least) then 'below what is possible'
            when rows_read.series_value > coalesce(own.most, common.most) then 'above what is possible'
        end as reject_reason
    from all_streams as rows_read
    left join limits as own
        on
            rows_read.ec_area = own.area_code
            and rows_read.series_class = own.series_class
    left join limits as common
        on
            rows_read.series_class = common.series_class
            and common.area_code = '*'

)

select * from final
