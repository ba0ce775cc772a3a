"""ODRÉ's gas stocks and regional temperatures, as exported."""

from __future__ import annotations

from real_warehouse import RealWarehouse
from recorded import REAL

GAS = REAL / "odre" / "stock-quotidien-stockages-gaz_2010-11-01_2023-09-30.csv.gz"
TEMPERATURE = REAL / "odre" / "temperature-quotidienne-regionale_labels_2016-01-01_2026-02-27.csv.gz"


def load(warehouse: RealWarehouse) -> None:
    warehouse.upsert(
        "raw_odre.stock_quotidien_stockages_gaz",
        ["date", "source", "pits"],
        f"select cast(date as date) as date, cast(stock_fin_de_journee as double) as stock_fin_de_journee, source, pits"
        f" from read_csv('{GAS}', delim=';', header=true)",
    )
    warehouse.upsert(
        "raw_odre.temperature_quotidienne_regionale",
        ["id"],
        f"""select "ID" as id, cast("Date" as date) as date, cast("Code INSEE région" as varchar) as code_insee_region,
            "Région" as region, "TMin (°C)" as tmin, "TMax (°C)" as tmax, "TMoy (°C)" as tmoy
        from read_csv('{TEMPERATURE}', delim=';', header=true)""",
    )
