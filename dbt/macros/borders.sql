{#- Rows between two areas, one of which is France: seen from France, and without the codes of the links. -#}

{#- export, import, or NULL where France is neither end -#}
{% macro border_direction() -%}
    case
        when sender_country_eic_code = '{{ var("france_eic") }}' then 'export'
        when receiver_country_eic_code = '{{ var("france_eic") }}' then 'import'
    end
{%- endmacro %}

{#- the other end -#}
{% macro neighbour_eic_code() -%}
    case
        when sender_country_eic_code = '{{ var("france_eic") }}' then receiver_country_eic_code
        else sender_country_eic_code
    end
{%- endmacro %}

{#-
  Rows of a border-staging model with their border_code. One border may come under several codes at once: its own, and
  those of its links. The best code counts; codes of equal priority are parts of the border and add up. `key`: what tells
  the rows of one border and direction apart, the period included.
-#}
{% macro rows_by_border(rows, key) -%}
    select
        {{ rows }}.*,
        eic_codes.border_code
    from {{ rows }}
    inner join {{ ref('eic_codes') }} as eic_codes on {{ rows }}.neighbour_eic_code = eic_codes.eic_code
    where {{ rows }}.direction is not null
    qualify dense_rank() over (
        partition by eic_codes.border_code, {{ rows }}.direction, {{ rows }}.{{ key | join(', ' ~ rows ~ '.') }}
        order by eic_codes.priority
    ) = 1
{%- endmacro %}

{#- Staging of a stream with one value for each direction and period; `measure`: what the value is called. -#}
{% macro border_values(stream, measure) -%}
with

source as (

    select * from {{ source('raw_rte', stream) }}

),

newest as (

    select * from source
    {{ newest_row_per(['sender_country_eic_code', 'receiver_country_eic_code', 'start_date']) }}

),

renamed as (

    select
        -- ids
        {{ border_direction() }} as direction,
        {{ neighbour_eic_code() }} as neighbour_eic_code,

        -- numbers
        cast(value as double) as {{ measure }},

        -- timestamps
        {{ rte_period() }},
        {{ to_utc('_airbyte_extracted_at') }} as read_at,
        start_date as raw_instant

    from newest

)

select * from renamed
{%- endmacro %}

{#-
  Export and import side by side on whole days: the CTE `both_directions`, from rows of a border-staging model. `kind`: the
  column that, with the border, tells the series apart; `measure`: the column that becomes export_mw and import_mw.
-#}
{% macro both_directions(rows, kind, measure) -%}
borders as (

    select * from {{ ref('dim_border') }}

),

chosen as (

    {{ rows_by_border(rows, [kind, 'period_start_at']) }}

),

-- RTE writes 0 for "nothing", so a direction that is missing is unknown: it stays NULL, and so does a net of it.
by_border as (

    select
        border_code,
        {{ kind }},
        period_start_at,
        date_paris,
        min(resolution_minutes) as resolution_minutes,
        sum(case when direction = 'export' then {{ measure }} end) as export_mw,
        sum(case when direction = 'import' then {{ measure }} end) as import_mw,
        max(read_at) as read_at
    from chosen
    group by border_code, {{ kind }}, period_start_at, date_paris

),

stepped as (

    select
        *,
        min(resolution_minutes) over (partition by border_code, {{ kind }}, date_paris) as step_minutes
    from by_border

),

-- What RTE left out of a day is NULL.
periods as (

    {{ whole_days_of('stepped', ['border_code', kind, 'step_minutes'], 'days.step_minutes') }}

),

both_directions as (

    select
        periods.border_code,
        borders.border_name,
        periods.{{ kind }},
        periods.period_start_at,
        periods.period_end_at,
        periods.period_start_paris,
        periods.date_paris,
        stepped.export_mw,
        stepped.import_mw,
        stepped.read_at
    from periods
    left join stepped
        on
            periods.border_code = stepped.border_code
            and periods.{{ kind }} = stepped.{{ kind }}
            and periods.period_start_at = stepped.period_start_at
    inner join borders on periods.border_code = borders.border_code

)
{%- endmacro %}
