{#-
  Which Paris days an incremental model has to build again.

  A watermark `extracted_at > max(extracted_at)` loses rows: a backfill or a slow sync may commit rows extracted before
  others that have been built already. So each model remembers, for every input and Paris day, how many raw rows the day
  had and how new the newest was (int_built_days). A raw table is upserted by natural key and a newer extraction wins; so
  any row added or revised, early or late, changes one of the two figures, and the day is built again, as a whole.

  An input is a raw stream ('raw_rte.physical_flows', figures from int_stream_days) or another incremental model
  ('fct_load', figures it left in int_built_days: so a mart never counts as built what its fact hasn't built yet), or
  our own forecasts ('raw_forecast.predictions', figures from int_prediction_days).

  The days are asked for before the model runs and written into it as dates: only a constant lets the engines leave the
  rest of a table unread, so that ten years of history cost what one does.

  In the model:
      {%- set inputs = ['raw_rte.physical_flows'] -%}
      {{ config(materialized='incremental', incremental_strategy='replace_days', inputs=inputs) }}
      {%- set days = changed_days(inputs) %}
      ... where {{ in_days(days, instant='raw_instant') }}    of a staging view
      ... where {{ in_days(days, day='date_paris') }}         of another model
-#}

{% macro input_days(inputs) -%}
    {%- set names = "'" ~ inputs | join("', '") ~ "'" -%}
    select input, date_paris, raw_rows, newest_extracted_at
    from {{ ref('int_stream_days') }}
    where input in ({{ names }})
    union all
    select model || ' < ' || input as input, date_paris, raw_rows, newest_extracted_at
    from {{ ref('int_built_days') }}
    where model in ({{ names }})
    {%- if 'raw_forecast.predictions' in inputs %}
    union all
    select input, date_paris, raw_rows, newest_extracted_at
    from {{ ref('int_prediction_days') }}
    {%- endif %}
{%- endmacro %}

{#-
  The days to build as [(first, last), ...]; none for all of them: on a first or full build. A model whose rows look back
  at days before their own (means of thirty days) says how many days on a change is felt: `reach=29` in its config.
-#}
{% macro changed_days(inputs) %}
    {#- replace_days writes to fct_revision: dbt has to see that when it parses -#}
    {%- if not execute -%}{%- set _ = ref('fct_revision') -%}{%- endif -%}
    {%- if execute and not is_incremental() -%}{{ return(none) }}{%- endif -%}
    {%- set query -%}
        select distinct now_there.date_paris
        from ({{ input_days(inputs) }}) as now_there
        left join {{ ref('int_built_days') }} as built
            on built.model = '{{ this.name }}'
            and built.input = now_there.input
            and built.date_paris = now_there.date_paris
        where
            built.date_paris is null
            or built.raw_rows <> now_there.raw_rows
            or built.newest_extracted_at is distinct from now_there.newest_extracted_at
        order by now_there.date_paris
    {%- endset -%}
    {%- set runs = [] -%}
    {%- for first, last in runs_of_days(run_query(query).columns[0].values() if execute else []) -%}
        {%- set _ = runs.append([first, last + modules.datetime.timedelta(days=config.get('reach', 0))]) -%}
    {%- endfor -%}
    {{ return(runs if execute else none) }}
{% endmacro %}

{#- Sorted days as runs of days that follow each other. -#}
{% macro runs_of_days(days) %}
    {%- set runs = [] -%}
    {%- for day in days -%}
        {%- if runs and (day - runs[-1][1]).days <= 1 -%}
            {%- set _ = runs[-1].append(day) -%}
            {%- set _ = runs[-1].pop(1) -%}
        {%- else -%}
            {%- set _ = runs.append([day, day]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(runs) }}
{% endmacro %}

{#-
  The condition that a row belongs to one of the days, `before` and `after` days more on each side. Either `day`, a column
  of dates, or `instant`, a raw column with a time zone.
-#}
{% macro in_days(days, day=none, instant=none, before=0, after=0) %}
    {%- if days is none -%}{{ return('true') }}{%- endif -%}
    {%- set conditions = [] -%}
    {%- for first, last in days -%}
        {%- set start = first - modules.datetime.timedelta(days=before) -%}
        {%- set end = last + modules.datetime.timedelta(days=after + 1) -%}
        {%- if day -%}
            {%- set _ = conditions.append(
                day ~ " >= cast('" ~ start ~ "' as date) and " ~ day ~ " < cast('" ~ end ~ "' as date)"
            ) -%}
        {%- else -%}
            {%- set _ = conditions.append(
                instant ~ " >= cast('" ~ paris_midnight(start) ~ "' as timestamptz) and "
                ~ instant ~ " < cast('" ~ paris_midnight(end) ~ "' as timestamptz)"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('(' ~ conditions | join(' or ') ~ ')' if conditions else 'false') }}
{% endmacro %}

{% macro paris_midnight(day) %}
    {%- set midnight = modules.datetime.datetime(day.year, day.month, day.day) -%}
    {%- set instant = modules.pytz.timezone('Europe/Paris').localize(midnight).astimezone(modules.pytz.utc) -%}
    {{ return(instant.strftime('%Y-%m-%d %H:%M:%S+00:00')) }}
{% endmacro %}

{#-
  After an incremental model (a hook of all marts), in its transaction on DuckDB: a build that fails notes nothing and is
  done again. Only what differs is written: with ten years of days most of them stay as they are.
-#}
{% macro note_built_days() %}
    {%- set inputs = config.get('inputs') -%}
    {%- if execute and inputs %}
    delete from {{ ref('int_built_days') }}
    where model = '{{ this.name }}' and input || ' ' || cast(date_paris as varchar) in (
        select now_there.input || ' ' || cast(now_there.date_paris as varchar)
        from ({{ input_days(inputs) }}) as now_there
        inner join {{ ref('int_built_days') }} as built
            on built.model = '{{ this.name }}'
            and built.input = now_there.input
            and built.date_paris = now_there.date_paris
        where
            built.raw_rows <> now_there.raw_rows
            or built.newest_extracted_at is distinct from now_there.newest_extracted_at
    );
    insert into {{ ref('int_built_days') }} (model, input, date_paris, raw_rows, newest_extracted_at)
    select
        '{{ this.name }}', now_there.input, now_there.date_paris, now_there.raw_rows, now_there.newest_extracted_at
    from ({{ input_days(inputs) }}) as now_there
    left join {{ ref('int_built_days') }} as built
        on built.model = '{{ this.name }}'
        and built.input = now_there.input
        and built.date_paris = now_there.date_paris
    where built.date_paris is null
    {%- endif %}
{% endmacro %}
