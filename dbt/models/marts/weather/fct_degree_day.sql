with

temperatures as (

    select * from {{ ref('fct_temperature_national') }}

),

bases as (

    select * from {{ ref('degree_day_bases') }}

),

-- of a day that is known in part the mean is no mean of the day
final as (

    select
        temperatures.temperature_source,
        bases.degree_day_kind,
        bases.degree_day_kind_label,
        temperatures.period_start_at,
        temperatures.period_end_at,
        temperatures.period_start_paris,
        temperatures.date_paris,
        bases.base_celsius,
        cast(case
            when temperatures.completeness < 0.999 then null
            when bases.side = 'heating' and temperatures.temperature_mean_celsius <= bases.counted_from_celsius
                then bases.base_celsius - temperatures.temperature_mean_celsius
            when bases.side = 'cooling' and temperatures.temperature_mean_celsius >= bases.counted_from_celsius
                then temperatures.temperature_mean_celsius - bases.base_celsius
            else 0
        end as double) as degree_days_celsius,
        temperatures.is_forecast
    from temperatures
    cross join bases

)

select * from final
