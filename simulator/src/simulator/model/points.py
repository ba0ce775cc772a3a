"""The places where the model knows the weather, and what each region weighs.

Populations: INSEE, legal populations 2021. City coordinates to about a kilometre; the share of a point in its
region is a judgement. Climate: mean daily temperature by month in degrees Celsius, January first, and the mean of
daily maximum minus minimum (ODRÉ, 2016-2026). Wind and solar: mean MW by region, March to August 2026 (RTE, éCO2mix).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.model.grid import Floats


@dataclass(frozen=True)
class Region:
    """A metropolitan region; wind and solar are relative weights of its production."""

    population: int
    wind: float
    solar: float
    monthly_temperature: tuple[float, ...]
    daily_range: float


@dataclass(frozen=True)
class Point:
    """A city: share of its region, wind relative to open country, height in metres."""

    name: str
    region: str
    latitude: float
    longitude: float
    share: float
    wind: float
    elevation: float


REGIONS = {
    "11": Region(12317279, 27, 81, (5.0, 6.9, 8.9, 11.6, 15.2, 19.4, 21.0, 20.8, 17.6, 13.6, 8.4, 6.3), 8.3),
    "24": Region(2573303, 278, 361, (5.0, 6.9, 8.7, 11.2, 14.7, 19.2, 20.7, 20.7, 17.5, 13.5, 8.4, 6.1), 9.8),
    "27": Region(2800194, 172, 298, (3.8, 6.3, 8.3, 11.1, 14.8, 19.7, 21.1, 21.2, 17.3, 13.0, 7.5, 4.9), 10.0),
    "28": Region(3327966, 364, 108, (5.2, 6.7, 8.2, 10.3, 13.5, 17.1, 18.8, 18.8, 16.4, 12.9, 8.5, 6.5), 8.1),
    "32": Region(5995292, 1111, 184, (4.6, 6.3, 8.0, 10.3, 13.8, 17.4, 19.0, 19.2, 16.5, 12.9, 8.2, 6.1), 7.7),
    "44": Region(5561287, 770, 459, (3.2, 5.5, 7.5, 10.4, 14.3, 19.0, 20.3, 20.3, 16.6, 12.4, 6.8, 4.5), 9.7),
    "52": Region(3853999, 467, 421, (6.2, 7.9, 9.5, 12.0, 15.5, 19.4, 20.9, 20.7, 18.0, 14.1, 9.4, 7.4), 9.1),
    "53": Region(3394567, 371, 183, (6.8, 8.0, 9.0, 10.9, 13.9, 16.9, 18.4, 18.4, 16.5, 13.5, 9.8, 8.0), 7.8),
    "75": Region(6069352, 305, 1248, (6.7, 8.7, 10.3, 12.8, 16.0, 20.0, 21.7, 21.9, 19.0, 15.4, 10.3, 8.1), 9.5),
    "76": Region(6022176, 339, 1023, (6.4, 8.8, 10.4, 13.0, 16.5, 21.2, 23.4, 23.6, 19.7, 15.9, 10.4, 7.9), 10.3),
    "84": Region(8114361, 115, 681, (3.8, 6.4, 8.4, 11.2, 14.8, 19.9, 21.7, 21.7, 17.6, 13.5, 7.8, 4.9), 10.6),
    "93": Region(5127840, 19, 575, (7.2, 9.0, 10.7, 13.6, 17.2, 22.3, 24.9, 24.7, 20.5, 16.4, 11.1, 8.0), 10.2),
    "94": Region(347597, 0, 0, (10.1, 10.8, 11.7, 14.1, 17.6, 22.5, 25.0, 25.2, 22.1, 18.4, 14.2, 11.3), 9.9),
}

POINTS = (
    Point("Paris", "11", 48.8566, 2.3522, 0.70, 0.90, 42),
    Point("Évry", "11", 48.6298, 2.4418, 0.18, 0.95, 83),
    Point("Cergy", "11", 49.0364, 2.0761, 0.12, 0.97, 62),
    Point("Orléans", "24", 47.9025, 1.9090, 0.45, 1.00, 106),
    Point("Tours", "24", 47.3941, 0.6848, 0.35, 0.97, 60),
    Point("Bourges", "24", 47.0810, 2.3988, 0.20, 0.97, 150),
    Point("Dijon", "27", 47.3220, 5.0415, 0.55, 0.92, 250),
    Point("Besançon", "27", 47.2378, 6.0241, 0.45, 0.80, 280),
    Point("Rouen", "28", 49.4431, 1.0993, 0.45, 1.03, 25),
    Point("Caen", "28", 49.1829, -0.3707, 0.40, 1.10, 30),
    Point("Le Havre", "28", 49.4944, 0.1079, 0.15, 1.22, 10),
    Point("Lille", "32", 50.6292, 3.0573, 0.65, 1.06, 23),
    Point("Amiens", "32", 49.8941, 2.2958, 0.35, 1.08, 35),
    Point("Strasbourg", "44", 48.5734, 7.7521, 0.40, 0.80, 141),
    Point("Metz", "44", 49.1193, 6.1757, 0.38, 0.97, 180),
    Point("Reims", "44", 49.2583, 4.0317, 0.22, 1.06, 86),
    Point("Nantes", "52", 47.2184, -1.5536, 0.60, 1.06, 15),
    Point("Le Mans", "52", 48.0061, 0.1996, 0.40, 0.97, 60),
    Point("Rennes", "53", 48.1173, -1.6778, 0.55, 1.02, 37),
    Point("Brest", "53", 48.3904, -4.4861, 0.45, 1.22, 60),
    Point("Bordeaux", "75", 44.8378, -0.5792, 0.50, 0.90, 10),
    Point("Limoges", "75", 45.8336, 1.2611, 0.20, 0.90, 290),
    Point("Poitiers", "75", 46.5802, 0.3404, 0.30, 1.00, 110),
    Point("Toulouse", "76", 43.6047, 1.4442, 0.50, 0.95, 145),
    Point("Montpellier", "76", 43.6108, 3.8767, 0.50, 1.10, 35),
    Point("Lyon", "84", 45.7640, 4.8357, 0.55, 0.92, 170),
    Point("Grenoble", "84", 45.1885, 5.7245, 0.27, 0.60, 212),
    Point("Clermont-Ferrand", "84", 45.7772, 3.0870, 0.18, 0.82, 360),
    Point("Marseille", "93", 43.2965, 5.3698, 0.60, 1.12, 12),
    Point("Nice", "93", 43.7102, 7.2620, 0.40, 0.80, 10),
    Point("Ajaccio", "94", 41.9192, 8.7386, 0.50, 0.90, 18),
    Point("Bastia", "94", 42.6970, 9.4503, 0.50, 1.05, 10),
)

REGION_CODES = tuple(REGIONS)
REGION_OF_POINT = np.array([REGION_CODES.index(point.region) for point in POINTS])
LATITUDES = np.array([point.latitude for point in POINTS])
LONGITUDES = np.array([point.longitude for point in POINTS])
OFFSHORE_POINTS = {"Nantes": 0.45, "Le Havre": 0.30, "Brest": 0.25}
"""Share of the offshore fleet beside each coastal city (Saint-Nazaire and Yeu, Fécamp, Saint-Brieuc)."""


def _normalised(weights: list[float]) -> Floats:
    array = np.array(weights, dtype=np.float64)
    return np.asarray(array / array.sum())


def population_weights() -> Floats:
    """Weight of each point in the mean of mainland France; Corsica is another grid and weighs nothing."""
    return _normalised([0.0 if p.region == "94" else REGIONS[p.region].population * p.share for p in POINTS])


def wind_weights() -> Floats:
    """Share of the onshore wind fleet near each point."""
    return _normalised([REGIONS[p.region].wind * p.share for p in POINTS])


def solar_weights() -> Floats:
    """Share of the solar fleet near each point."""
    return _normalised([REGIONS[p.region].solar * p.share for p in POINTS])


def offshore_weights() -> Floats:
    """Share of the offshore fleet near each point."""
    return _normalised([OFFSHORE_POINTS.get(p.name, 0.0) for p in POINTS])
