{{ consolidated_consumption('consolidated_power_consumption', 'load_mw') }}
