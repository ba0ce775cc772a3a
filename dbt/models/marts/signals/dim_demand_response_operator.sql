with

operators as (

    select * from {{ ref('stg_rte__demand_response_operators') }}

),

-- RTE lists the operators anew each month: what it said last counts.
final as (

    select
        operator_eic_code,
        operator_name,
        has_trial_agreement,
        has_trial_qualification,
        is_recognised,
        is_qualified,
        min(date_paris) over (partition by operator_eic_code) as first_month_date,
        date_paris as last_month_date
    from operators
    qualify row_number() over (
        partition by operator_eic_code
        order by period_start_at desc
    ) = 1

)

select * from final
