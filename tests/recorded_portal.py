"""A process that answers as ODRÉ and Open Data Paris would have over the recorded extracts; prints its address.

Runs in the connectors' environment, with what the tests of source-opendatasoft know of the recorded files on its path.
"""

from __future__ import annotations

import signal

from portal_double import portal_double
from portal_reads import poll
from test_recordings import labelled, regional, schools


def main() -> None:
    """Serves until it is ended."""
    with portal_double(
        eco2mix_national_tr=[
            *labelled("odre/national-tr_export-labels_2021-12.csv"),
            *poll("odre/polls/national-tr_2026-03-29T124653Z.json.gz"),
        ],
        eco2mix_regional_cons_def=regional("odre/regional-cons-def_export-labels_hauts-de-france_2024.csv.gz"),
        stock_quotidien_stockages_gaz=labelled("odre/stock-quotidien-stockages-gaz_2010-11-01_2023-09-30.csv.gz"),
        temperature_quotidienne_regionale=labelled(
            "odre/temperature-quotidienne-regionale_labels_2016-01-01_2026-02-27.csv.gz"
        ),
        etablissements_scolaires_colleges=schools(
            "paris/etablissements-scolaires-colleges_export-labels_2021-05-05.csv"
        ),
    ) as portal:
        print(portal.url, flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
