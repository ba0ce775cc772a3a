with

pollutants as (

    select * from {{ ref('air_quality_pollutants') }}

),

thresholds as (

    select * from {{ ref('air_quality_thresholds') }}

),

-- A limit in another unit than the sensor's is no limit for it.
final as (

    select
        pollutants.pollutant,
        pollutants.unit,
        {%- for standard in ['who_2021', 'eu_2008', 'eu_2030'] %}
        {%- for averaging in ['hour', 'max_8h', 'day'] %}
        min(
            case
                when thresholds.standard = '{{ standard }}' and thresholds.averaging = '{{ averaging }}'
                    then thresholds.limit_value
            end
        ) as {{ standard }}_{{ averaging }},
        {%- endfor %}
        count(
            case when thresholds.standard = '{{ standard }}' and thresholds.averaging <> 'year' then 1 end
        ) > 0 as {{ standard }}_has_any{% if not loop.last %},{% endif %}
        {%- endfor %}
    from pollutants
    left join thresholds
        on
            pollutants.pollutant = thresholds.pollutant
            and pollutants.unit = thresholds.unit
            and pollutants.is_comparable
    group by pollutants.pollutant, pollutants.unit

)

select * from final
