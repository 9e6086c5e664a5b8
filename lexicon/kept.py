#!/usr/bin/env python3
"""Sorts and checks the list of names that is kept by hand.

usage: bodies.py < kept.txt > sorted.txt
"""
import sys

lines = sorted({line.rstrip("\n") for line in sys.stdin if line.strip()}, key=str.encode)
for line in lines:
    name, kind = line.split("\t")
    assert name and set(kind) <= set("gfopn"), line
    print(line)
