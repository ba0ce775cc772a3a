{#- What sqlfluff sees in place of the project's own macros: no connection, no engine, the same shape of SQL. -#}
{% macro to_utc(instant) %}timezone('UTC', {{ instant }}){% endmacro %}
{% macro to_paris(utc) %}timezone('Europe/Paris', {{ utc }}){% endmacro %}
{% macro paris_to_utc(paris) %}timezone('UTC', {{ paris }}){% endmacro %}
{% macro label_clock(label) %}try_cast({{ label }} as timestamp){% endmacro %}
{% macro now_utc() %}cast('2026-01-15 12:00:00' as timestamp){% endmacro %}
{% macro plus_minutes(timestamp, minutes) %}({{ timestamp }} + {{ minutes }}){% endmacro %}
{% macro plus_days(date, days) %}cast({{ date }} + {{ days }} as date){% endmacro %}
{% macro minutes_between(start, end) %}date_diff('minute', {{ start }}, {{ end }}){% endmacro %}
{% macro hours_between(start, end) %}date_diff('hour', {{ start }}, {{ end }}){% endmacro %}
{% macro seconds_between(start, end) %}date_diff('second', {{ start }}, {{ end }}){% endmacro %}
{% macro days_between(start, end) %}date_diff('day', {{ start }}, {{ end }}){% endmacro %}
{% macro hour_of(timestamp) %}date_trunc('hour', {{ timestamp }}){% endmacro %}
{% macro is_phantom_label() %}false{% endmacro %}
{% macro newest_row_per(key, revised='updated_date') %}where true{% endmacro %}
{% macro interval_minutes() %}15{% endmacro %}
{% macro whole_days_of(rows, entity, minutes) %}select * from {{ rows }}{% endmacro %}
{% macro rte_period() %}start_date as period_start_at{% endmacro %}
{% macro energy_charts_period() %}start_date as period_start_at{% endmacro %}
{% macro energy_charts_power_rows(stream, installed=false) %}select * from {{ stream }}{% endmacro %}
{% macro energy_charts_border_rows(stream) %}select * from {{ stream }}{% endmacro %}
{% macro energy_charts_power(stream, days) %}select * from {{ stream }}{% endmacro %}
{% macro energy_charts_net_import(stream, days) %}select * from {{ stream }}{% endmacro %}
{% macro is_weekday(date) %}{{ date }} is not null{% endmacro %}
{% macro day_period(date='date_paris') %}{{ date }} as period_start_at{% endmacro %}
{% macro capture_price(generation_mwh, market_value_eur) %}{{ market_value_eur }} / {{ generation_mwh }}{% endmacro %}
{% macro capture_rate(generation_mwh, market_value_eur, base_price) %}{{ market_value_eur }} / {{ base_price }}{% endmacro %}
{% macro numbers(digits) %}select n from t{% endmacro %}
{% macro hourly_weather_points(stream) %}select * from {{ stream }}{% endmacro %}
{% macro daily_weather_points(stream) %}select * from {{ stream }}{% endmacro %}
{% macro hourly_weather_values() %}region_weight{% endmacro %}
{% macro region_hour_columns() %}region_hours.region_code, regions.region_name{% endmacro %}
{% macro region_hours(days, also=[]) %}region_hours as (select * from points){% endmacro %}
{% macro changed_days(inputs) %}{% endmacro %}
{% macro in_days(days, day=none, instant=none, before=0, after=0) %}{{ day or instant }} is not null{% endmacro %}
{% macro dated_streams() %}{% endmacro %}
{% macro count_raw_days(streams) %}select input from t{% endmacro %}
{% macro dataset_mode() %}demo{% endmacro %}
{% macro km_between(latitude_1, longitude_1, latitude_2, longitude_2) %}({{ latitude_1 }} - {{ longitude_2 }}){% endmacro %}
{% macro to_clock(utc, zone) %}timezone({{ zone }}, {{ utc }}){% endmacro %}
{% macro clock_to_utc(clock, zone) %}timezone({{ zone }}, {{ clock }}){% endmacro %}
{% macro eco2mix_period(clock='heure') %}date_heure as period_start_at{% endmacro %}
{% macro eco2mix_national_rows(stream) %}select * from {{ stream }}{% endmacro %}
{% macro eco2mix_regional_rows(stream) %}select * from {{ stream }}{% endmacro %}
{% macro eco2mix_periods(published, entity) %}select period_start_at from t{% endmacro %}
{% macro half_hour_of(timestamp) %}date_trunc('hour', {{ timestamp }}){% endmacro %}
{% macro border_direction() %}case when true then 'export' end{% endmacro %}
{% macro neighbour_eic_code() %}receiver_country_eic_code{% endmacro %}
{% macro rows_by_border(rows, key) %}select * from {{ rows }}{% endmacro %}
{% macro border_values(stream, measure) %}select * from {{ stream }}{% endmacro %}
{% macro both_directions(rows, kind, measure) %}both_directions as (select export_mw, import_mw from {{ rows }}){% endmacro %}
{% macro consolidated_consumption(stream, measure) %}select * from {{ stream }}{% endmacro %}
{% macro unavailability_event() %}reason{% endmacro %}
{% macro unavailability_period() %}start_date as period_start_at{% endmacro %}
{% macro generation_by_day(mart, key, words, days) %}select * from {{ mart }}{% endmacro %}
{% macro daily_energy_by_source(days, beside) %}select energy_gwh, {{ beside }} from {{ days }}{% endmacro %}
{% macro paris_schools(stream, school_type) %}select * from {{ stream }}{% endmacro %}
{% macro school_change(before, after) %}({{ before }}.address <> {{ after }}.address){% endmacro %}
{% macro moved_m(before, after) %}({{ before }}.latitude - {{ after }}.latitude){% endmacro %}
{% macro own_rows(schema, table, columns) %}select started_at from {{ table }}{% endmacro %}
{% macro count_undated_streams() %}select input from t{% endmacro %}
{% macro project_tests() %}select test_id from t{% endmacro %}
{% macro newest_in_model(column) %}{% endmacro %}
{% macro pinball_loss(share, forecast, actual) %}({{ forecast }} - {{ actual }}){% endmacro %}
