with

versions as (

    select * from {{ ref('stg_rte__countertrading') }}

),

borders as (

    select * from {{ ref('dim_border') }}

),

-- A later version may end earlier, so the last one stands for all of the action, not hour by hour.
last_versions as (

    select * from versions
    qualify action_version = max(action_version) over (partition by action_code)

),

chosen as (

    {{ rows_by_border('last_versions', ['action_code', 'period_start_at']) }}

),

-- No row, no countertrading: a direction without one is 0 as soon as the other has one.
by_border as (

    select
        border_code,
        period_start_at,
        max(period_end_at) as period_end_at,
        period_start_paris,
        date_paris,
        sum(case when direction = 'export' then countertrading_mw else 0 end) as export_mw,
        sum(case when direction = 'import' then countertrading_mw else 0 end) as import_mw,
        cast(count(distinct action_code) as integer) as actions
    from chosen
    group by border_code, period_start_at, period_start_paris, date_paris

),

final as (

    select
        by_border.border_code,
        borders.border_name,
        by_border.period_start_at,
        by_border.period_end_at,
        by_border.period_start_paris,
        by_border.date_paris,
        by_border.export_mw,
        by_border.import_mw,
        by_border.actions
    from by_border
    inner join borders on by_border.border_code = borders.border_code

)

select * from final
