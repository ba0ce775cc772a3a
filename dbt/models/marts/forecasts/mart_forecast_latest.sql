{#- Above the usual 80 lines: past and future of one chart come from four places. -#}
{%- set past_hours = 48 -%}
{%- set window_start = plus_minutes(now_utc(), -60 * past_hours) -%}
{#- a day more: the clock in Paris is ahead -#}
{%- set first_day = plus_days('cast(' ~ now_utc() ~ ' as date)', -3) %}

with

live as (

    select * from {{ ref('fct_forecast') }}
    where forecast_kind = 'live'

),

models as (

    select * from {{ ref('forecast_models') }}

),

trainings as (

    select * from {{ ref('dim_forecast_model') }}
    where is_newest

),

newest_of_entity as (

    select
        live.target,
        live.entity,
        max(live.issued_at) as issued_at
    from live
    inner join models on live.model = models.model
    where models.shown_rank is not null
    group by live.target, live.entity

),

newest_of_target as (

    select
        target,
        max(issued_at) as issued_at
    from newest_of_entity
    group by target

),

-- one that is no longer foreseen while others of its target are, a station that has gone, is left out after a day
newest as (

    select newest_of_entity.*
    from newest_of_entity
    inner join newest_of_target on newest_of_entity.target = newest_of_target.target
    where newest_of_entity.issued_at > {{ plus_minutes('newest_of_target.issued_at', -24 * 60) }}

),

-- of the newest issue the best model: ours is in it only where it is published
shown as (

    select
        live.*,
        models.shown_rank
    from live
    inner join newest
        on
            live.target = newest.target
            and live.entity = newest.entity
            and live.issued_at = newest.issued_at
    inner join models on live.model = models.model
    where models.shown_rank is not null
    qualify dense_rank() over (
        partition by live.target, live.entity
        order by models.shown_rank
    ) = 1

),

-- what holds for all periods of an entity
shown_entities as (

    select
        shown.target,
        shown.target_label,
        shown.entity,
        shown.entity_label,
        shown.model,
        shown.model_label,
        shown.unit,
        shown.issued_at,
        shown.issued_paris,
        max(shown.model_version) as model_version,
        max({{ minutes_between('shown.period_start_at', 'shown.period_end_at') }}) as step_minutes,
        cast({{ minutes_between('shown.issued_at', now_utc()) }} as double) / 60 as age_hours,
        case
            when shown.model = 'gradient_boosting' then null
            when not trainings.is_published
                then 'Our model is withheld, shown is "' || shown.model_label || '": ' || trainings.verdict
            else 'Our model gave no forecast, shown is "' || shown.model_label || '".'
        end as notice
    from shown
    left join trainings on shown.target = trainings.target
    group by
        shown.target, shown.target_label, shown.entity, shown.entity_label, shown.model, shown.model_label, shown.unit,
        shown.issued_at, shown.issued_paris, trainings.is_published, trainings.verdict

),

rte as (

    select * from {{ ref('int_forecast_rte_day_ahead') }}
    where
        date_paris >= {{ first_day }}
        and period_start_at >= {{ window_start }}

),

actuals as (

    select * from {{ ref('int_forecast_actual') }}
    where
        date_paris >= {{ first_day }}
        and period_start_at >= {{ window_start }}
        and period_start_at < {{ now_utc() }}

),

periods as (

    {% for part in ['shown', 'rte', 'actuals'] -%}
    select
        target,
        entity,
        period_start_at
    from {{ part }}
    {% if not loop.last %}union{% endif %}
    {% endfor %}

),

final as (

    select
        entities.target,
        entities.target_label,
        entities.entity,
        entities.entity_label,
        periods.period_start_at,
        {{ plus_minutes('periods.period_start_at', 'entities.step_minutes') }} as period_end_at,
        {{ to_paris('periods.period_start_at') }} as period_start_paris,
        cast({{ to_paris('periods.period_start_at') }} as date) as date_paris,
        entities.unit,
        coalesce(actuals.actual_value, shown.actual_value) as actual_value,
        shown.forecast_p10,
        shown.forecast_p50,
        shown.forecast_p90,
        rte.forecast_value as rte_day_ahead,
        entities.model,
        entities.model_label,
        entities.model_version,
        entities.issued_at,
        entities.issued_paris,
        entities.age_hours,
        entities.notice
    from periods
    inner join shown_entities as entities
        on
            periods.target = entities.target
            and periods.entity = entities.entity
    {%- for part in ['shown', 'rte', 'actuals'] %}
    left join {{ part }}
        on
            periods.target = {{ part }}.target
            and periods.entity = {{ part }}.entity
            and periods.period_start_at = {{ part }}.period_start_at
    {%- endfor %}

)

select * from final
