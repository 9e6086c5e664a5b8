#!/usr/bin/env python3
"""Writes the spellings of countries and cities in Dutch and its neighbours, from CLDR (Babel).

usage: names.py > names.txt

One place a line: its Dutch name, then what it is called elsewhere, where that differs. Names of one
word only; without case and accents.
"""
import difflib, re, unicodedata

from babel import Locale
from babel.core import get_global

LANGUAGES = ("nl", "en", "de", "fr")
# Names from elsewhere that are something else in a Dutch text.
OTHERWISE = {"christmas", "dominique", "easter", "georgia", "grenade", "jordan", "maurice", "suede"}


def fold(name):
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()


def main():
    locales = [Locale.parse(language) for language in LANGUAGES]
    # The world and a region that is not known are no places.
    codes = [code for code in locales[0].territories if code not in ("001", "ZZ")]
    places = [[locale.territories.get(code) for locale in locales] for code in codes]
    for zone in get_global("zone_territories"):
        own = zone.rsplit("/", 1)[-1].replace("_", " ")
        cities = [locale.time_zones.get(zone, {}).get("city") for locale in locales]
        # A zone whose city has no name of its own in a language is called after the zone.
        if any(cities):
            places.append([city or own for city in cities] + [own])
    # Cities that are spelled anew: Kiev, Kyiv. Other aliases are other cities, or countries: Iran.
    for alias, zone in get_global("zone_aliases").items():
        if alias.split("/")[0] != zone.split("/")[0]:
            continue
        old, new = (name.rsplit("/", 1)[-1].replace("_", " ") for name in (alias, zone))
        if difflib.SequenceMatcher(None, old.lower(), new.lower()).ratio() >= 0.5:
            places.append([old, new] + [locale.time_zones.get(zone, {}).get("city") for locale in locales])
    lines = set()
    for names in places:
        words = list(dict.fromkeys(fold(name) for name in names if name))
        words = [w for w in words if re.fullmatch("[a-z]{4,}", w) and w not in OTHERWISE]
        if len(words) > 1:
            lines.add(" ".join(words))
    print("\n".join(sorted(lines)))


main()
