{#-
  How many raw rows each Paris day of each stream has, without reading all of them each time.

  Only the days that rows read since the last build touch are counted again. A stream is synced by one connection, whose
  rows are committed in the order they were read, so those are all; and should that ever be wrong (rows copied in from
  elsewhere, rows deleted), the counts no longer add up to the table's, and the stream is counted as a whole.
-#}

{#- [{input, relation, column, is_day}] of every source table that dates its rows. -#}
{% macro dated_streams() %}
    {%- set streams = [] -%}
    {%- for source in (graph.get('sources', {}).values() if execute else []) | sort(attribute='unique_id') -%}
        {%- set meta = source.config.meta -%}
        {%- if meta.get('instant') or meta.get('day') -%}
            {%- set _ = streams.append({
                'input': source.schema ~ '.' ~ source.name,
                'relation': source.relation_name,
                'column': meta.get('instant') or meta.get('day'),
                'is_day': not meta.get('instant'),
                'is_spine': meta.get('spine', false),
                'reaches_back': meta.get('reaches_back', false),
                'published': meta.get('published', 'true'),
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(streams) }}
{% endmacro %}

{% macro count_raw_days(streams) %}
    {%- set changes = touched_raw_days(streams) if execute and is_incremental() else {} %}
    {%- for stream in streams %}
    {{ count_days_of(stream, changes.get(stream.input)) }}
    {% if not loop.last %}union all{% endif %}
    {%- else %}
    select
        null as input, null as date_paris, null as raw_rows, null as raw_periods, null as newest_period_at,
        null as newest_extracted_at
    where 1 = 0
    {%- endfor %}
{% endmacro %}

{#-
  Grouped by the raw column first: the clock in Paris is worked out once for each instant, not for each row. A source may
  fill rows ahead, or mix forecasts with what was measured: meta {published: ...} says which rows make a period received.
  Changes are seen by all rows.
-#}
{% macro count_days_of(stream, days=none) -%}
    select
        '{{ stream.input }}' as input,
        {{ raw_day(stream, 'dated') }} as date_paris,
        sum(raw_rows) as raw_rows,
        count(published) as raw_periods,
        {{ paris_to_utc('cast(max(published) as timestamp)') if stream.is_day else to_utc('max(published)') }} as newest_period_at,
        {{ to_utc('max(newest)') }} as newest_extracted_at
    from (
        select
            {{ stream.column }} as dated,
            max(case when {{ stream.published }} then {{ stream.column }} end) as published,
            count(*) as raw_rows,
            max(_airbyte_extracted_at) as newest
        from {{ stream.relation }}
        where {{ in_raw_days(stream, days) }}
        group by 1
    ) as by_{{ 'day' if stream.is_day else 'instant' }}
    group by 1, 2
    {%- if days is none and execute and is_incremental() %}
    union all
    select
        input, date_paris, 0 as raw_rows, 0 as raw_periods, cast(null as timestamp) as newest_period_at,
        cast(null as timestamp) as newest_extracted_at
    from {{ this }}
    where input = '{{ stream.input }}' and date_paris not in (
        select {{ raw_day(stream, stream.column) }} from {{ stream.relation }} where {{ stream.column }} is not null
    )
    {%- endif %}
{%- endmacro %}

{% macro in_raw_days(stream, days) %}
    {{ return(in_days(days, day=stream.column) if stream.is_day else in_days(days, instant=stream.column)) }}
{% endmacro %}

{% macro raw_day(stream, column) %}
    {{ return(column if stream.is_day else 'cast(' ~ to_paris(to_utc(column)) ~ ' as date)') }}
{% endmacro %}

{#- {input: runs of days to count again}; none for a stream that has to be counted as a whole. -#}
{% macro touched_raw_days(streams) %}
    {%- set newest = {} -%}
    {%- for input, read_at in run_query("select input, max(newest_extracted_at) from " ~ this ~ " group by 1").rows -%}
        {%- do newest.update({input: read_at}) -%}
    {%- endfor -%}

    {%- set query -%}
        {%- for stream in streams if newest.get(stream.input) %}
        select distinct '{{ stream.input }}' as input, {{ raw_day(stream, stream.column) }} as date_paris
        from {{ stream.relation }}
        where _airbyte_extracted_at > cast('{{ newest[stream.input] }}+00:00' as timestamptz)
        union all
        {%- endfor %}
        select null, null where 1 = 0
        order by 1, 2
    {%- endset -%}
    {%- set days = {} -%}
    {%- for stream in streams if newest.get(stream.input) -%}{%- do days.update({stream.input: []}) -%}{%- endfor -%}
    {%- for input, day in run_query(query).rows -%}{%- do days[input].append(day) -%}{%- endfor -%}

    {%- set runs = {} -%}
    {%- for input, found in days.items() -%}{%- do runs.update({input: runs_of_days(found)}) -%}{%- endfor -%}
    {%- for input in streams_out_of_count(streams, runs) -%}{%- do runs.pop(input) -%}{%- endfor -%}
    {{ return(runs) }}
{% endmacro %}

{#- The streams whose rows outside the given days are not as many as were counted there. -#}
{% macro streams_out_of_count(streams, runs) %}
    {%- set query -%}
        {%- for stream in streams if stream.input in runs %}
        select '{{ stream.input }}' as input
        where
            (select count(*) from {{ stream.relation }})
            - (select count(*) from {{ stream.relation }} where {{ in_raw_days(stream, runs[stream.input]) }})
            <> (
                select coalesce(sum(raw_rows), 0) from {{ this }}
                where input = '{{ stream.input }}' and not {{ in_days(runs[stream.input], day='date_paris') }}
            )
        union all
        {%- endfor %}
        select null where 1 = 0
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()) }}
{% endmacro %}
