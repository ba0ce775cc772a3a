{%- set mode = dataset_mode() -%}

with

loads as (

    select max(period_end_at) as until_at from {{ ref('fct_load') }}
    where load_kind = 'realised' and load_mw is not null

),

generation as (

    select max(period_end_at) as until_at from {{ ref('fct_generation') }}
    where generation_mw is not null

),

prices as (

    select max(period_end_at) as until_at from {{ ref('fct_day_ahead_price') }}
    where bidding_zone = 'FR' and price_eur_per_mwh is not null

),

weather as (

    select max(period_end_at) as until_at from {{ ref('fct_weather_hourly') }}
    where temperature_celsius is not null

),

final as (

    select
        '{{ mode }}' as mode,
        {{ mode == 'demo' }} as is_simulated,
        {%- if mode == 'demo' %}
        'Simulated data: figures of a model of France, not measurements' as notice,
        {%- else %}
        'Real data from RTE, ODRÉ, Open-Meteo, Energy-Charts, AirQino and Open Data Paris' as notice,
        {%- endif %}
        {{ now_utc() }} as built_at,
        loads.until_at as load_until_at,
        generation.until_at as generation_until_at,
        prices.until_at as price_until_at,
        weather.until_at as weather_until_at,
        {{ to_paris('loads.until_at') }} as load_until_paris,
        {{ to_paris('generation.until_at') }} as generation_until_paris,
        {{ to_paris('prices.until_at') }} as price_until_paris,
        {{ to_paris('weather.until_at') }} as weather_until_paris
    from loads
    cross join generation
    cross join prices
    cross join weather

)

select * from final
