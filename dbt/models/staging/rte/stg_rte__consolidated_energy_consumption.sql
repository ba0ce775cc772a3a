{{ consolidated_consumption('consolidated_energy_consumption', 'energy_mwh') }}
