{#- What RTE's own labels tell beyond their instants. -#}

{#-
  Length of an interval in minutes: the shorter of what the instants and the labels' clocks say. On clock-change days one
  of the two is wrong: the instants of `02:45+02:00 -> 03:00+01:00` are 75 minutes apart, the clocks of
  `01:45+01:00 -> 03:00+02:00` too, and either may even run backwards. NULL when neither runs forwards. Days, weeks and
  months run from midnight to midnight, whose instants are right: a day of 25 hours has them, not the clock's 24.
-#}
{% macro interval_minutes() %}
    {%- set elapsed = minutes_between(to_utc('start_date'), to_utc('end_date')) -%}
    {%- set clock = minutes_between(label_clock('start_date_local'), label_clock('end_date_local')) -%}
    case
        when {{ elapsed }} >= 23 * 60 then {{ elapsed }}
        when {{ clock }} > 0 and ({{ clock }} < {{ elapsed }} or {{ elapsed }} <= 0) then {{ clock }}
        when {{ elapsed }} > 0 then {{ elapsed }}
    end
{%- endmacro %}

{#-
  True for a label that no clock in Paris ever showed. Consumption has 96 labels every day, so the 23-hour day in March
  brings 02:00 to 02:45, written +01:00: the instants of the real 03:00 to 03:45, with other values. A clock that was
  left out doesn't come back from UTC as it went in. One written in UTC was never meant to be Paris's.
-#}
{% macro is_phantom_label() -%}
    {%- set clock = label_clock('start_date_local') -%}
    coalesce(
        {{ to_paris(paris_to_utc(clock)) }} <> {{ clock }} and {{ clock }} <> {{ to_utc('start_date') }},
        false
    )
{%- endmacro %}

{#- The period columns of every RTE staging model, from the columns start_date, end_date and their labels. -#}
{% macro rte_period() %}
        {{ to_utc('start_date') }} as period_start_at,
        {{ plus_minutes(to_utc('start_date'), interval_minutes()) }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris,
        cast({{ interval_minutes() }} as integer) as resolution_minutes,
        {{ to_utc('updated_date') }} as source_updated_at
{%- endmacro %}

{#- Keep one raw row per natural key: the one read last, then the one RTE stamped last. -#}
{% macro newest_row_per(key, revised='updated_date') -%}
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by _airbyte_extracted_at desc, {{ revised }} desc nulls last, _airbyte_raw_id desc
    ) = 1
{%- endmacro %}
