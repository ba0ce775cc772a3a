{{ paris_schools('etablissements_scolaires_ecoles_elementaires', 'elementary') }}
