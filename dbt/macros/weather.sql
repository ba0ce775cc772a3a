{#-
  From points to regions, from stamps to hours: the CTEs `by_hour` and `region_hours`, from the CTE `points`.

  A stamp tells two things: the weather at that instant, which opens the hour after it, and what fell and shone during the
  hour before it. Each is put into the hour it belongs to. Then the points of a region are averaged by their weights,
  which are shared out again among the points that have a value. `also`: what tells rows of one hour apart, besides the
  region; `days`: what changed_days gave.
-#}
{% macro region_hours(days, also=[]) %}
{%- set instants = [
    'temperature_celsius', 'wind_speed_10m_m_per_s', 'wind_speed_100m_m_per_s', 'cloud_cover_pct'
] -%}
{%- set hours = ['irradiance_w_per_m2', 'precipitation_mm', 'snowfall_cm'] -%}
{%- set ids = also + ['region_code'] -%}
by_hour as (

    select
        {{ ids | join(',\n        ') }},
        region_weight,
        is_forecast,
        true as is_instant,
        valid_at as period_start_at,
        {{ instants | join(',\n        ') }},
        {%- for column in hours %}
        cast(null as double) as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from points
    union all
    select
        {{ ids | join(',\n        ') }},
        region_weight,
        is_forecast,
        false as is_instant,
        {{ plus_minutes('valid_at', -60) }} as period_start_at,
        {%- for column in instants %}
        cast(null as double) as {{ column }},
        {%- endfor %}
        {{ hours | join(',\n        ') }}
    from points

),

dated as (

    select
        *,
        {{ to_paris('period_start_at') }} as period_start_paris,
        cast({{ to_paris('period_start_at') }} as date) as date_paris
    from by_hour

),

region_hours as (

    select
        {{ ids | join(',\n        ') }},
        period_start_at,
        {{ plus_minutes('period_start_at', 60) }} as period_end_at,
        period_start_paris,
        date_paris,
        {%- for column in instants + hours %}
        sum(region_weight * {{ column }})
        / nullif(sum(case when {{ column }} is not null then region_weight end), 0) as {{ column }},
        {%- endfor %}
        max(case when is_forecast then 1 else 0 end) = 1 as is_forecast
    from dated
    where {{ in_days(days, day='date_paris') }}
    group by {{ ids | join(', ') }}, period_start_at, period_start_paris, date_paris
    having max(case when is_instant then 1 else 0 end) = 1

)
{%- endmacro %}
