with

versions as (

    select * from {{ ref('stg_rte__redispatching') }}

),

borders as (

    select * from {{ ref('dim_border') }}

),

-- RTE names no action: what an asset does in one direction from one moment on is taken for one.
last_versions as (

    select * from versions
    qualify row_number() over (
        partition by asset_eic_code, redispatch_direction, direction, neighbour_eic_code, period_start_at
        order by action_version desc nulls last
    ) = 1

),

chosen as (

    {{ rows_by_border('last_versions', ['asset_eic_code', 'redispatch_direction', 'period_start_at']) }}

),

final as (

    select
        chosen.asset_eic_code,
        chosen.redispatch_direction,
        chosen.border_code,
        borders.border_name,
        chosen.direction as border_direction,
        chosen.neighbour_eic_code,
        chosen.period_start_at,
        chosen.period_end_at,
        chosen.period_start_paris,
        chosen.date_paris,
        chosen.action_version,
        chosen.reason,
        chosen.redispatched_mw,
        chosen.redispatched_mw * {{ minutes_between('chosen.period_start_at', 'chosen.period_end_at') }} / 60
            as redispatched_mwh
    from chosen
    inner join borders on chosen.border_code = borders.border_code
    where not chosen.is_cancelled

)

select * from final
