"""Open Data Paris (opendata.paris.fr): schools. One row a school and school year: a history, not a list of schools."""

from __future__ import annotations

from collections.abc import Sequence

from connector_kit.streams import Field

from source_opendatasoft.dataset import Dataset

SCHOOL: Sequence[Field] = (
    Field("id_projet", "string", "Kind of school and school year as one text; its wording changes."),
    Field("libelle", "string", "Name of the school.", nullable=False),
    Field("adresse", "string", "Address."),
    Field("arr_libelle", "string", "Arrondissement, such as 20ème Ardt."),
    Field("arr_insee", "string", "INSEE code of the arrondissement, such as 75120.", nullable=False),
    Field("annee_scol", "string", "School year or years; written in several ways.", nullable=False),
    Field("type_etabl", "string", "Kind of school; absent for old years."),
    Field("geo_shape", "string", "Place or outline of the school, GeoJSON."),
    Field("geo_point_2d_lon", "number", "Longitude.", unit="degrees", source="geo_point_2d@lon"),
    Field("geo_point_2d_lat", "number", "Latitude.", unit="degrees", source="geo_point_2d@lat"),
)

# The portal gives schools no identity: a school that is renamed is another one.
KEY = ("libelle", "arr_insee", "annee_scol")

SCHOOLS = {
    "colleges": ("Lower secondary schools", "export"),
    "ecoles-elementaires": ("Elementary schools", "client"),
    "maternelles": ("Nursery schools", "client"),
}

DATASETS: Sequence[Dataset] = tuple(
    Dataset(
        dataset=f"etablissements-scolaires-{kind}",
        about=f"{schools} of Paris, a row for each school and school year.",
        fields=SCHOOL,
        key=KEY,
        evidence=evidence,
    )
    for kind, (schools, evidence) in SCHOOLS.items()
)
