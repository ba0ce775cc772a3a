"""Departments of metropolitan France: code, name, region, and inhabitants in thousands (rounded, about 2021)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Department:
    name: str
    region: str
    inhabitants: int


_TABLE = """
01 Ain|84|657;02 Aisne|32|528;03 Allier|84|335;04 Alpes-de-Haute-Provence|93|166;05 Hautes-Alpes|93|141
06 Alpes-Maritimes|93|1104;07 Ardèche|84|330;08 Ardennes|44|269;09 Ariège|76|154;10 Aube|44|311;11 Aude|76|375
12 Aveyron|76|279;13 Bouches-du-Rhône|93|2057;14 Calvados|28|695;15 Cantal|84|144;16 Charente|75|351
17 Charente-Maritime|75|661;18 Cher|24|299;19 Corrèze|75|239;2A Corse-du-Sud|94|162;2B Haute-Corse|94|186
21 Côte-d'Or|27|536;22 Côtes-d'Armor|53|606;23 Creuse|75|115;24 Dordogne|75|413;25 Doubs|27|547;26 Drôme|84|520
27 Eure|28|599;28 Eure-et-Loir|24|431;29 Finistère|53|921;30 Gard|76|756;31 Haute-Garonne|76|1434;32 Gers|76|192
33 Gironde|75|1655;34 Hérault|76|1202;35 Ille-et-Vilaine|53|1098;36 Indre|24|216;37 Indre-et-Loire|24|613
38 Isère|84|1285;39 Jura|27|258;40 Landes|75|422;41 Loir-et-Cher|24|328;42 Loire|84|768;43 Haute-Loire|84|228
44 Loire-Atlantique|52|1458;45 Loiret|24|684;46 Lot|76|175;47 Lot-et-Garonne|75|330;48 Lozère|76|77
49 Maine-et-Loire|52|823;50 Manche|28|495;51 Marne|44|564;52 Haute-Marne|44|170;53 Mayenne|52|307
54 Meurthe-et-Moselle|44|731;55 Meuse|44|182;56 Morbihan|53|768;57 Moselle|44|1050;58 Nièvre|27|202;59 Nord|32|2611
60 Oise|32|830;61 Orne|28|277;62 Pas-de-Calais|32|1461;63 Puy-de-Dôme|84|664;64 Pyrénées-Atlantiques|75|693
65 Hautes-Pyrénées|76|230;66 Pyrénées-Orientales|76|487;67 Bas-Rhin|44|1149;68 Haut-Rhin|44|767;69 Rhône|84|1892
70 Haute-Saône|27|233;71 Saône-et-Loire|27|549;72 Sarthe|52|567;73 Savoie|84|442;74 Haute-Savoie|84|842
75 Paris|11|2133;76 Seine-Maritime|28|1256;77 Seine-et-Marne|11|1438;78 Yvelines|11|1456;79 Deux-Sèvres|75|375
80 Somme|32|566;81 Tarn|76|393;82 Tarn-et-Garonne|76|263;83 Var|93|1096;84 Vaucluse|93|563;85 Vendée|52|694
86 Vienne|75|439;87 Haute-Vienne|75|371;88 Vosges|44|360;89 Yonne|27|334;90 Territoire de Belfort|27|140
91 Essonne|11|1307;92 Hauts-de-Seine|11|1628;93 Seine-Saint-Denis|11|1668;94 Val-de-Marne|11|1415;95 Val-d'Oise|11|1256
"""


def _read() -> dict[str, Department]:
    made = {}
    for entry in _TABLE.strip().replace("\n", ";").split(";"):
        named, region, inhabitants = entry.split("|")
        code, _, name = named.partition(" ")
        made[code] = Department(name, region, int(inhabitants))
    return made


DEPARTMENTS = _read()
