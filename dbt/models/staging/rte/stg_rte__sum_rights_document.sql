{{ border_values('sum_rights_document', 'long_term_rights_mw') }}
