{{ border_values('initial_offered_capacities_id', 'offered_mw') }}
