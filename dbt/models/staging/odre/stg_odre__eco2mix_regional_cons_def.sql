{{ eco2mix_regional_rows('eco2mix_regional_cons_def') }}
