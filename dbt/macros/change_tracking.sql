{#-
  Which Paris days an incremental model has to build again.

  A watermark `extracted_at > max(extracted_at)` loses rows: a backfill or a slow sync may commit rows extracted before
  others that have been built already. So each model remembers, for every input and Paris day, how many raw rows the day
  had and how new the newest was. A raw table is upserted by natural key and a newer extraction wins; so any row added
  or revised, early or late, changes one of the two figures, and the day is built again. Merging on the grain makes that
  harmless however often it happens.

  An input is a raw stream ('raw_rte.physical_flows', figures from int_stream_days) or another incremental model
  ('fct_load', figures it left in int_built_days: so a mart never counts as built what its fact hasn't built yet).

  In the model:
      {%- set inputs = ['raw_rte.physical_flows'] -%}
      {{ config(unique_key=[...], post_hook=note_built_days_hook(inputs)) }}
      ... {% if is_incremental() %} where date_paris in ({{ changed_days(inputs) }}) {% endif %}
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
{%- endmacro %}

{% macro changed_days(inputs) -%}
    select now_there.date_paris
    from ({{ input_days(inputs) }}) as now_there
    left join {{ ref('int_built_days') }} as built
        on built.model = '{{ this.name }}'
        and built.input = now_there.input
        and built.date_paris = now_there.date_paris
    where
        built.date_paris is null
        or built.raw_rows <> now_there.raw_rows
        or built.newest_extracted_at is distinct from now_there.newest_extracted_at
{%- endmacro %}

{#- Runs in the transaction of the model it follows (on DuckDB): a build that fails notes nothing and is done again. -#}
{% macro note_built_days(inputs) %}
    delete from {{ ref('int_built_days') }} where model = '{{ this.name }}';
    insert into {{ ref('int_built_days') }} (model, input, date_paris, raw_rows, newest_extracted_at)
    select '{{ this.name }}', input, date_paris, raw_rows, newest_extracted_at
    from ({{ input_days(inputs) }}) as now_there
{% endmacro %}

{#- dbt renders a hook when it runs, so the hook is the text of the call, not its result. -#}
{% macro note_built_days_hook(inputs) %}{{ return("{{ note_built_days(" ~ inputs ~ ") }}") }}{% endmacro %}
