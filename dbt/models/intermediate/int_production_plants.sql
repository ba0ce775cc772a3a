-- Codes don't tell which plant a unit is part of, and the register knows reactors as plants of their own: names do,
-- CIVAUX 1 is of CIVAUX. Spaces come and go over the years (CHOOZ B 1, CHOOZ B1).
with

register as (

    select
        unit_eic_code,
        max_by(unit_name, read_at) as unit_name
    from {{ ref('fct_installed_capacity_unit') }}
    group by unit_eic_code

),

generation as (

    select
        unit_eic_code,
        max_by(unit_name, date_paris) as unit_name
    from {{ ref('fct_generation_unit_daily') }}
    group by unit_eic_code

),

messages as (

    select
        unit_eic_code,
        max_by(unit_name, published_at) as unit_name
    from {{ ref('fct_unavailability_version') }}
    where unit_eic_code is not null
    group by unit_eic_code

),

-- messages wrote codes for names once: theirs come last
named as (

    select
        messages.unit_eic_code,
        upper(replace(
            coalesce(register.unit_name, generation.unit_name, messages.unit_name, messages.unit_eic_code), ' ', ''
        )) as unit_key
    from messages
    left join register on messages.unit_eic_code = register.unit_eic_code
    left join generation on messages.unit_eic_code = generation.unit_eic_code

),

final as (

    select
        unit_eic_code,
        unit_key,
        coalesce(nullif(regexp_replace(unit_key, '[0-9]+$', ''), ''), unit_key) as plant_key
    from named

)

select * from final
