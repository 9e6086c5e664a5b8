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


def fold(name):
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()


def main():
    locales = [Locale.parse(language) for language in LANGUAGES]
    places = [[locale.territories.get(code) for locale in locales] for code in locales[0].territories]
    for zone in get_global("zone_territories"):
        own = zone.rsplit("/", 1)[-1].replace("_", " ")
        cities = [locale.time_zones.get(zone, {}).get("city") for locale in locales]
        # A zone whose city has no name of its own in a language is called after the zone.
        if any(cities):
            places.append([city or own for city in cities] + [own])
    # Cities that are spelled anew: Kiev, Kyiv. Other aliases are other cities.
    for alias, zone in get_global("zone_aliases").items():
        old, new = (name.rsplit("/", 1)[-1].replace("_", " ") for name in (alias, zone))
        if difflib.SequenceMatcher(None, old.lower(), new.lower()).ratio() >= 0.5:
            places.append([old, new] + [locale.time_zones.get(zone, {}).get("city") for locale in locales])
    lines = set()
    for names in places:
        words = list(dict.fromkeys(fold(name) for name in names if name))
        words = [word for word in words if re.fullmatch("[a-z]{4,}", word)]
        if len(words) > 1:
            lines.add(" ".join(words))
    print("\n".join(sorted(lines)))


main()
