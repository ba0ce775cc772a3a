{{ paris_schools('etablissements_scolaires_colleges', 'lower_secondary') }}
