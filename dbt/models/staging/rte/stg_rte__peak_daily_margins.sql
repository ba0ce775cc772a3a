{%- set numbers = {
    'required_margin': 'required_margin_mw',
    'ma_offers': 'balancing_offers_mw',
    'comp_offers': 'complementary_offers_mw',
    'rescue': 'rescue_mw',
    'imbalance': 'expected_imbalance_mw',
    'simulated_required_margin': 'simulated_required_margin_mw',
    'simulated_ma_offers': 'simulated_balancing_offers_mw',
    'simulated_comp_offers': 'simulated_complementary_offers_mw',
    'simulated_rescue': 'simulated_rescue_mw'
} -%}

with

source as (

    select * from {{ source('raw_rte', 'peak_daily_margins') }}

),

newest as (

    select * from source
    {{ newest_row_per(['type', 'start_date']) }}

),

-- One row a day holds both peaks; in the API's first version each peak had a row, named in `type`, and two figures.
by_peak as (

    {% for peak in ['morning', 'evening'] -%}
    select
        *,
        '{{ peak }}' as peak,
        {{ peak }}_begin as begin_label,
        {{ peak }}_end as end_label,
        {%- for raw, name in numbers.items() %}
        cast({{ peak }}_{{ raw }} as double) as {{ name }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from newest
    where coalesce(nullif(lower(type), ''), '{{ peak }}') = '{{ peak }}'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

renamed as (

    select
        -- ids
        peak,

        -- numbers
        cast(available_value as double) as available_margin_mw,
        coalesce(required_margin_mw, cast(required_value as double)) as required_margin_mw,
        {%- for name in numbers.values() if name != 'required_margin_mw' %}
        {{ name }},
        {%- endfor %}

        -- timestamps
        {{ paris_to_utc(label_clock('begin_label')) }} as peak_start_at,
        {{ paris_to_utc(label_clock('end_label')) }} as peak_end_at,
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at

    from by_peak

)

select * from renamed
