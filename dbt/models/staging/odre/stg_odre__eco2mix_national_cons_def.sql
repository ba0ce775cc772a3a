{{ eco2mix_national_rows('eco2mix_national_cons_def') }}
