-- What became of a published value:
--   --vars '{mart: fct_load, entity: realised, measure: load_mw, period: 2026-03-29 10:00}'     (UTC)
-- Whatever is left out is not asked for: without any, every revision there was.
{%- set asked = {'mart': var('mart', none), 'entity': var('entity', none), 'measure': var('measure', none)} %}
with

revisions as (

    select * from {{ ref('fct_revision') }}
    where
        true
        {%- for column, wanted in asked.items() if wanted is not none %}
        and {{ column }} = '{{ wanted }}'
        {%- endfor %}
        {%- if var('period', none) %}
        and period_start_at = cast('{{ var("period") }}' as timestamp)
        {%- endif %}

)

select
    mart,
    entity,
    measure,
    period_start_at,
    period_start_paris,
    old_value,
    new_value,
    value_change,
    seen_at,
    source_updated_at
from revisions
order by mart, entity, measure, period_start_at, seen_at
