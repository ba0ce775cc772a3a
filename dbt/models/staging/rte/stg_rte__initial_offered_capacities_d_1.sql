{{ border_values('initial_offered_capacities_d_1', 'offered_mw') }}
