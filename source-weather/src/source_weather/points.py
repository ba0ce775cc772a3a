"""The places whose weather stands for a region: cities, weighted by the share of its people in their climate.

Coordinates are city centres, to about a kilometre. Weights are a judgement and add up to 1 in each region.
Regions by INSEE code: the 13 of metropolitan France, Corsica (94) included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """``region_weight``: share of the point in its region, 0 to 1."""

    point_id: str
    region_code: str
    latitude: float
    longitude: float
    region_weight: float


POINTS: Sequence[Point] = (
    Point("paris", "11", 48.8566, 2.3522, 0.7),
    Point("evry", "11", 48.6298, 2.4418, 0.18),
    Point("cergy", "11", 49.0364, 2.0761, 0.12),
    Point("orleans", "24", 47.9025, 1.909, 0.45),
    Point("tours", "24", 47.3941, 0.6848, 0.35),
    Point("bourges", "24", 47.081, 2.3988, 0.2),
    Point("dijon", "27", 47.322, 5.0415, 0.55),
    Point("besancon", "27", 47.2378, 6.0241, 0.45),
    Point("rouen", "28", 49.4431, 1.0993, 0.45),
    Point("caen", "28", 49.1829, -0.3707, 0.4),
    Point("le_havre", "28", 49.4944, 0.1079, 0.15),
    Point("lille", "32", 50.6292, 3.0573, 0.65),
    Point("amiens", "32", 49.8941, 2.2958, 0.35),
    Point("strasbourg", "44", 48.5734, 7.7521, 0.4),
    Point("metz", "44", 49.1193, 6.1757, 0.38),
    Point("reims", "44", 49.2583, 4.0317, 0.22),
    Point("nantes", "52", 47.2184, -1.5536, 0.6),
    Point("le_mans", "52", 48.0061, 0.1996, 0.4),
    Point("rennes", "53", 48.1173, -1.6778, 0.55),
    Point("brest", "53", 48.3904, -4.4861, 0.45),
    Point("bordeaux", "75", 44.8378, -0.5792, 0.5),
    Point("limoges", "75", 45.8336, 1.2611, 0.2),
    Point("poitiers", "75", 46.5802, 0.3404, 0.3),
    Point("toulouse", "76", 43.6047, 1.4442, 0.5),
    Point("montpellier", "76", 43.6108, 3.8767, 0.5),
    Point("lyon", "84", 45.764, 4.8357, 0.55),
    Point("grenoble", "84", 45.1885, 5.7245, 0.27),
    Point("clermont_ferrand", "84", 45.7772, 3.087, 0.18),
    Point("marseille", "93", 43.2965, 5.3698, 0.6),
    Point("nice", "93", 43.7102, 7.262, 0.4),
    Point("ajaccio", "94", 41.9192, 8.7386, 0.5),
    Point("bastia", "94", 42.697, 9.4503, 0.5),
)
