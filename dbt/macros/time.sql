{#-
  Instants and clocks. Raw columns hold instants (TIMESTAMPTZ, TIMESTAMP_TZ); from staging on, every timestamp is naive
  and its name says the clock: `*_at` is UTC, `*_paris` is the clock on a wall in Paris.
-#}

{#- instant -> naive UTC -#}
{% macro to_utc(instant) %}{{ return(adapter.dispatch('to_utc')(instant)) }}{% endmacro %}

{% macro duckdb__to_utc(instant) %}timezone('UTC', {{ instant }}){% endmacro %}

{% macro snowflake__to_utc(instant) %}cast(convert_timezone('UTC', {{ instant }}) as timestamp_ntz){% endmacro %}

{#- naive UTC -> naive Paris clock -#}
{% macro to_paris(utc) %}{{ return(adapter.dispatch('to_paris')(utc)) }}{% endmacro %}

{% macro duckdb__to_paris(utc) %}timezone('Europe/Paris', timezone('UTC', {{ utc }})){% endmacro %}

{% macro snowflake__to_paris(utc) %}convert_timezone('UTC', 'Europe/Paris', {{ utc }}){% endmacro %}

{#- naive Paris clock -> naive UTC; an instant only for clocks that exist once, such as midnight -#}
{% macro paris_to_utc(paris) %}{{ return(adapter.dispatch('paris_to_utc')(paris)) }}{% endmacro %}

{% macro duckdb__paris_to_utc(paris) %}timezone('UTC', timezone('Europe/Paris', {{ paris }})){% endmacro %}

{% macro snowflake__paris_to_utc(paris) %}convert_timezone('Europe/Paris', 'UTC', {{ paris }}){% endmacro %}

{#- the clock written in a source's own label, '2026-03-29T02:15:00+01:00' -> 2026-03-29 02:15:00; NULL if unreadable -#}
{% macro label_clock(label) %}try_cast(left({{ label }}, 19) as timestamp){% endmacro %}

{#- arithmetic that reads as what it means -#}
{% macro plus_minutes(timestamp, minutes) %}{{ return(dbt.dateadd('minute', minutes, timestamp)) }}{% endmacro %}

{% macro plus_days(date, days) %}cast({{ dbt.dateadd('day', days, date) }} as date){% endmacro %}

{% macro minutes_between(start, end) %}{{ return(dbt.datediff(start, end, 'minute')) }}{% endmacro %}

{% macro hours_between(start, end) %}{{ return(dbt.datediff(start, end, 'hour')) }}{% endmacro %}

{% macro seconds_between(start, end) %}{{ return(dbt.datediff(start, end, 'second')) }}{% endmacro %}

{% macro days_between(start, end) %}{{ return(dbt.datediff(start, end, 'day')) }}{% endmacro %}

{% macro hour_of(timestamp) %}{{ return(dbt.date_trunc('hour', timestamp)) }}{% endmacro %}

{#- true from Monday to Friday: days since a Monday, as the engines number weekdays differently -#}
{% macro is_weekday(date) %}mod(abs({{ days_between("cast('1990-01-01' as date)", date) }}), 7) < 5{% endmacro %}

{#- the day's midnights in Paris as naive UTC, and as a naive Paris clock: the period of a row of one day -#}
{% macro day_period(date='date_paris') %}
        {{ paris_to_utc('cast(' ~ date ~ ' as timestamp)') }} as period_start_at,
        {{ paris_to_utc('cast(' ~ plus_days(date, 1) ~ ' as timestamp)') }} as period_end_at,
        cast({{ date }} as timestamp) as period_start_paris
{%- endmacro %}

{#- The now of the build as naive UTC: HEXAWATT_NOW where set (an ISO instant, UTC if it has no offset), else the clock. -#}
{% macro now_utc() %}
    {%- set given = env_var('HEXAWATT_NOW', '') -%}
    {%- if given -%}
        {%- set now = modules.datetime.datetime.fromisoformat(given) -%}
        {%- if now.tzinfo is none -%}
            {%- set now = modules.pytz.utc.localize(now) -%}
        {%- endif -%}
    {%- else -%}
        {%- set now = run_started_at -%}
    {%- endif -%}
    cast('{{ now.astimezone(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}
