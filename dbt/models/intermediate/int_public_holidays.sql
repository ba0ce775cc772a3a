with

easter as (

    select * from {{ ref('easter_sundays') }}

),

rules as (

    select * from {{ ref('public_holidays') }}

),

dated as (

    select
        rules.holiday_name,
        rules.is_national,
        case
            when rules.days_after_easter is not null
                then {{ plus_days('easter.easter_sunday', 'rules.days_after_easter') }}
            else cast(
                cast(easter.calendar_year as varchar) || '-' || lpad(cast(rules.month_number as varchar), 2, '0')
                || '-' || lpad(cast(rules.day_number as varchar), 2, '0') as date
            )
        end as date_paris
    from easter
    cross join rules

),

final as (

    select
        date_paris,
        min(case when is_national then holiday_name end) as holiday_name,
        max(case when is_national then 1 else 0 end) = 1 as is_national
    from dated
    group by date_paris

)

select * from final
