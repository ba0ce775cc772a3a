with

days as (

    select
        *,
        cast(extract(year from date_paris) as integer) as year_paris
    from {{ ref('mart_daily_extreme') }}

),

extremes as (

    {% for extreme in ['highest', 'lowest'] %}
    select
        measure,
        measure_label,
        unit,
        '{{ extreme }}' as extreme,
        year_paris,
        date_paris,
        {{ extreme }} as record_value,
        {{ extreme }}_start_at as period_start_at,
        {{ extreme }}_end_at as period_end_at,
        {{ extreme }}_maturity as maturity,
        -- so that the record is the greatest of both
        {{ 'highest' if extreme == 'highest' else '-lowest' }} as sort_value
    from days
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

scoped as (

    select
        *,
        'all_time' as record_scope
    from extremes
    union all
    select
        *,
        cast(year_paris as varchar) as record_scope
    from extremes

),

-- A value that is reached again is no new record: the first one stands.
records as (

    select
        *,
        count(*) over (partition by measure, extreme, record_scope) as known_days
    from scoped
    qualify row_number() over (
        partition by measure, extreme, record_scope
        order by sort_value desc, period_start_at asc
    ) = 1

),

final as (

    select
        measure,
        measure_label,
        extreme,
        record_scope,
        case when record_scope <> 'all_time' then year_paris end as record_year,
        record_value,
        unit,
        maturity,
        period_start_at,
        period_end_at,
        {{ to_paris('period_start_at') }} as period_start_paris,
        date_paris,
        cast(known_days as integer) as known_days
    from records

)

select * from final
