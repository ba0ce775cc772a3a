{#- What the unavailabilities of units and those of the network say alike: of the event, and when. -#}

{% macro unavailability_event() %}
        lower(event_status) as event_status,
        case unavailability_type
            when 'PLANNED_MAINTENANCE' then 'planned'
            when 'FORCED_UNAVAILABILITY' then 'forced'
            else lower(unavailability_type)
        end as unavailability_kind,
        reason,
        remarks
{%- endmacro %}

{% macro unavailability_period() %}
        {{ to_utc('creation_date') }} as created_at,
        {{ to_utc('publication_date') }} as published_at,
        {{ to_utc('event_start_date') }} as event_start_at,
        {{ to_utc('event_end_date') }} as event_end_at,
        {{ to_utc('start_date') }} as period_start_at,
        {{ to_utc('end_date') }} as period_end_at,
        {{ to_paris(to_utc('start_date')) }} as period_start_paris,
        cast({{ to_paris(to_utc('start_date')) }} as date) as date_paris,
        publication_date as raw_instant,
        {{ to_utc('_airbyte_extracted_at') }} as read_at
{%- endmacro %}
