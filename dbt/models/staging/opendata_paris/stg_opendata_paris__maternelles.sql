{{ paris_schools('etablissements_scolaires_maternelles', 'nursery') }}
