#!/usr/bin/env python3
"""Derives the word list of the Dutch analyzer from OpenTaal's dictionary, as TSV on standard output.

usage: build.py NL.aff NL.dic WORDS HYPHENS > lexicon.tsv

NL.aff, NL.dic  hunspell-nl      WORDS    /usr/share/dict/dutch of wdutch
HYPHENS         hyph_nl_NL.dic   (hyphen-nl); a compound is never joined within a syllable

One line a form: form, kinds, lemmas, division, beginnings, ends.
- kinds: letters of n (noun), v (verb), a (adjective), p (name), o (other), l (only in compounds)
- lemmas: what it is a form of, separated by commas, what it is first of all in front; after a
  semicolon those that it is found by and does not lead to (las is a form of lezen, but a noun first)
- division: after how many letters the second part of a compound begins; 0 when it is none
- beginnings, ends: of how many compounds it is the beginning or the end; beginnings are negative
  for what a compound is not about (hoge in hogeschool)
"""
import collections, functools, re, sys, unicodedata

import pyphen

from grammar import IRREGULAR_PLURALS, LEARNED_PLURALS, MAYBE_NO_GE, NO_GE, PREPOSITIONS, SEPARABLE, STRONG_VERBS

AFF, DIC, WORDS, HYPHENS = sys.argv[1:5]
VOWELS = "aeiouy"


def fold(word):
    word = word.replace("ĳ", "ij").replace("Ĳ", "IJ").replace("’", "'")
    word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return word.lower()


def suffix_rules(path):
    rules = collections.defaultdict(list)
    for line in open(path, encoding="utf-8"):
        part = line.split()
        if len(part) >= 5 and part[0] == "SFX":
            strip, add = part[2].replace("0", ""), part[3].split("/")[0].replace("0", "")
            if not add.endswith("-"):
                rules[part[1]].append((strip, add, re.compile("(?:" + part[4] + ")$")))
    return rules


def entries(path):
    for line in list(open(path, encoding="utf-8"))[1:]:
        word, _, flags = line.split("\t")[0].strip().partition("/")
        yield word, {flags[i : i + 2] for i in range(0, len(flags), 2)}


def apply(rules, flag, word):
    for strip, add, condition in rules[flag]:
        if word.endswith(strip) and condition.search(word):
            yield word[: len(word) - len(strip)] + add


def stems_of(infinitive):
    """What a verb may have for first person singular: werken werk, maken maak, stemmen stem."""
    if not infinitive.endswith("en"):
        return [infinitive[:-1]]
    root = infinitive[:-2]
    if root[-1:] == root[-2:-1] and root[-1:] not in VOWELS:
        return [root[:-1]]
    short = root[:-1] + {"v": "f", "z": "s"}.get(root[-1:], root[-1:])
    if re.search(r"(?:^|[^aeiouy])[aeou][^aeiouy]$", root):
        return [short[:-1] + short[-2] + short[-1], short]
    return [short]


def is_noun(flags):
    """Nouns take plurals and diminutives, or they join with others and are nothing else."""
    joins = flags & {"Ca", "Cb", "Cc", "Cd", "Ce", "Ch"}
    return any(f[0] in "ZY" for f in flags) or (joins and not any(f[0] in "VA" for f in flags))


lexemes = collections.defaultdict(set)  # (lemma, kind) -> forms
rules = suffix_rules(AFF)
# Without what is forbidden (Fw) and what stands only in compounds (Cx).
dictionary = [(w, f) for w, f in entries(DIC) if not f & {"Fw", "Cx"}]
wordlist = {line.strip() for line in open(WORDS, encoding="utf-8")}
common = [(w, f) for w, f in dictionary if w[:1].islower()]
lower = {fold(w) for w in wordlist if w[:1].islower()} | {fold(w) for w, f in common}
names = {fold(w) for w in wordlist if w[:1].isupper() and not w.isupper()}


def add(lemma, form, kind):
    lexemes[lemma, kind].update((lemma, form))


for word, flags in common:
    lemma = fold(word)
    if is_noun(flags):
        add(lemma, lemma, "n")
        # A short vowel is kept by doubling: bom, bommen; a listed bomen is of boom.
        skip = {"Zb", "Zk", "Zm"} if "Ze" in flags else {"Zk", "Zm"}
        for flag in flags - skip:
            if flag[0] in "ZY":
                for form in apply(rules, flag, word):
                    add(lemma, fold(form), "n")
    if any(f[0] == "A" for f in flags):
        for flag in flags - {"A0", "Ai"}:
            if flag[0] == "A":
                for form in apply(rules, flag, word):
                    add(lemma, fold(form), "a")
    if "Vi" in flags:
        add(lemma, lemma, "v")

# Verbs: the forms of a stem belong to the infinitive it comes from.
infinitives = {lemma for lemma, kind in lexemes if kind == "v"}
stems = {fold(w) for w, f in common if f & {"V3", "Vq", "Vp"}}
stem_of = {}
regular = {stems_of(verb)[0] for verb in infinitives}
for verb in infinitives:
    usual, *others = stems_of(verb)
    # wet is of wetten, not of weten.
    found = [s for s in [usual, *(other for other in others if other not in regular)] if s in stems]
    stem_of[verb] = found[0] if found else stems_of(verb)[0]
verb_of = {stem: verb for verb, stem in sorted(stem_of.items(), reverse=True)}
for word, flags in common:
    verb = verb_of.get(fold(word))
    for flag in flags & {"V3", "Vq", "Vp"} if verb else ():
        add(verb, fold(word), "v")
        for form in apply(rules, flag, word):
            add(verb, fold(form), "v")
for verb in infinitives:
    stem = stem_of[verb]
    add(verb, verb + "d", "v")
    add(verb, verb + "de", "v")
    for past in "dt":
        end = stem if stem.endswith(past) else stem + past
        # bepalen has no ge-, and bellen no prefix.
        for participle in ("ge" + end, end) if verb.startswith(NO_GE + MAYBE_NO_GE) else ("ge" + end,):
            for form in (participle, participle + "e", participle + "en") if participle in lower else ():
                # gezeten is of zitten: of gezet it would have two t.
                if form in lower and form not in infinitives and (form[-2:] != "en" or form[:-1] in lower):
                    add(verb, form, "v")
for line in filter(None, STRONG_VERBS.split("\n")):
    verb, *forms = line.split()
    for prefix in ("",) + NO_GE:
        if prefix + verb not in infinitives and (prefix or verb not in lower):
            continue
        for form in forms:
            form = prefix + (form[2:] if prefix and form.startswith("ge") else form)
            if not prefix or form in lower:
                add(prefix + verb, form, "v")
                if form.endswith(("n", "d", "t")) and form + "e" in lower:
                    add(prefix + verb, form + "e", "v")

# Separable verbs, where they are written as one word: opstijgen, opgestegen.
for verb, kind in [key for key in lexemes if key[1] == "v"]:
    for particle in SEPARABLE:
        if particle + verb in lower:
            for form in lexemes[verb, "v"]:
                if particle + form in lower:
                    add(particle + verb, particle + form, "v")

irregular_of = {}  # form -> the noun whose plural it is
for line in filter(None, IRREGULAR_PLURALS.split("\n")):
    lemma, *forms = line.split()
    whole = [word[: -len(lemma)] for word in lower if word.endswith(lemma) and len(word) > len(lemma) + 2]
    for before in ["", *whole]:
        for form in forms:
            if not before or before + form in lower:
                add(before + lemma, before + form, "n")
                irregular_of.setdefault(before + form, before + lemma)
for word in sorted(lower):
    if word.endswith("jes") and word[:-1] in lower and (word[:-1], "n") in lexemes:
        add(word[:-1], word, "n")
for word in sorted(lower):
    for singular, plural in LEARNED_PLURALS:
        form = word[: len(word) - len(singular)] + plural
        if word.endswith(singular) and len(form) >= 4 and form in lower and (word, "n") in lexemes:
            if len(lexemes.get((form, "n"), ())) < 2:
                add(word, form, "n")

# Plurals that are listed as nouns of their own: wetten of wet.
for word, flags in common:
    form = fold(word)
    if form.endswith("en") and (form, "n") in lexemes:
        for lemma in (*stems_of(form), form[:-1]):
            forms = lexemes.get((lemma, "n"), ())
            plurals = ("en",) if len(lexemes[form, "n"]) == 1 else ("en", lemma + "s")
            if forms and len(lemma) > 2 and not any(f.endswith(plurals) for f in forms):
                add(lemma, form, "n")
                irregular_of.setdefault(form, lemma)
                break

# What the dictionary also lists as a word of its own, though it is only a form of another.
lemmas = collections.defaultdict(set)
for (lemma, kind), forms in lexemes.items():
    for form in forms:
        lemmas[form].add((lemma, kind))
for lemma, kind in list(lexemes):
    others = [o for o in lemmas[lemma] if o != (lemma, kind) and o[0] != lemma and o[1] == kind]
    if kind != "v" and any(lexemes[lemma, kind] <= lexemes[o] for o in others):
        for form in lexemes.pop((lemma, kind)):
            lemmas[form].discard((lemma, kind))

# A verb in -eren is found with its noun (protest, protesteren); short nouns only look alike.
for verb in sorted(infinitives):
    for noun in (verb[:-4], verb[:-4] + "e"):
        if verb.endswith("eren") and len(noun) >= 6 and (noun, "n") in lexemes:
            for form in lexemes[verb, "v"]:
                lemmas[form].add((noun, "n"))

# ---- compounds: joined at the end of a syllable, from parts that other compounds have too ------
hyphenator = pyphen.Pyphen(filename=HYPHENS, left=1, right=1)
breaks = functools.cache(lambda word: frozenset(hyphenator.positions(word)))
# How many words end in a noun tells how common it is.
n_ending = collections.Counter(word[at:] for word in lower for at in range(1, len(word) - 1))
nouns = {}  # form -> its lemma
for form, of in lemmas.items():
    of = sorted((l for l, k in of if k == "n"), key=lambda l: (l != form, len(l), l))
    if of and not (of[0] == form and len(of) > 1 and len(lexemes[form, "n"]) < 2):
        nouns[form] = of[0]
    elif of:
        nouns[form] = of[1]
    if form in irregular_of:
        nouns[form] = irregular_of[form]
describing = {f for (l, k), fs in lexemes.items() if k == "a" for f in fs if not f.endswith(("er", "ere", "st", "ste"))}
describing |= set(stem_of.values())


@functools.cache
def modifier(word):
    """The noun that `word` stands for at the beginning of a compound; `*` for another word."""
    if len(word) < 3 or word in PREPOSITIONS or word.endswith(("je", "jes")):
        return None
    if word in nouns:
        return nouns[word]
    for link in ("s", "e"):
        base = word[:-1]
        if word.endswith(link) and len(base) >= 3:
            if base in nouns:
                return nouns[base]
            if link == "e" and base[-2] == base[-1] and base[:-1] in nouns:
                return nouns[base[:-1]]
    return "*" if word in describing else None


# Words with a capital that are no names have a plural: Kamerlid, Kamerleden.
families = collections.defaultdict(lambda: collections.defaultdict(set))
for name in sorted(names - lower):
    for at in range(3, len(name) - 2):
        first, rest = name[:at], name[at:]
        if first in nouns and rest in nouns and name.isalpha():
            families[first][nouns[rest]].add(name)
for first, words in families.items():
    plurals = {noun: forms for noun, forms in words.items() if len(forms) > 1}
    for noun, forms in plurals.items() if len(plurals) > 2 else ():
        for form in forms | {first + noun}:
            lower.add(form)
            lemmas[form].add((first + noun, "n"))
            nouns[form] = first + noun


def candidates(word):
    for at in range(3, len(word) - 2):
        first, rest = word[:at], word[at:]
        if rest in nouns and modifier(first) and at in breaks(word):
            yield first, rest


n_heads, n_modifiers = collections.Counter(), collections.Counter()
for word in sorted(lower):
    if word.isalpha() and nouns.get(word, word) == word:
        for first, rest in candidates(word):
            if nouns[rest] == rest:
                n_heads[rest] += 1
                n_modifiers[first] += 1


def is_common(n, word):
    return n >= {3: 12, 4: 5}.get(len(word), 2)


@functools.cache
def split(word):
    best = None
    for first, rest in candidates(word):
        n, m = n_modifiers[first], n_heads[nouns[rest]]
        if is_common(n, first) and is_common(m, nouns[rest]):
            found = (n + 1) * (m + 1), first, rest
            best = max(best or found, found)
    return best and best[1:]


def position(word):
    """Where a compound is divided; 0 when it is none."""
    if len(word) < 6:
        return 0
    base = nouns.get(word, word)
    found = split(base)
    return len(found[0]) if found and word.startswith(found[0]) else 0


def lemmas_of(form, of):
    """What `form` is of, foremost first, as the list has it."""
    first = [nouns[form]] if form in nouns else []
    own = [form] if any(lemma == form for lemma, _ in of) else []
    noun = sorted((lemma for lemma, kind in of if kind == "n"), key=lambda l: (-n_ending[l], len(l), l))
    others = [lemma for lemma, kind in of if kind != "n"]
    ordered = list(dict.fromkeys(first + own + noun + others)) or [form]
    # weten is a verb, and only rarely the past of wijten.
    is_verb = form in infinitives and not noun
    n = len(set(first + own)) if form in irregular_of or is_verb else 2
    return ",".join(ordered[:n]) + (";" + ",".join(ordered[n:]) if ordered[n:] else "")


def main():
    known = set(lemmas) | lower
    linked = {f for f, n in n_modifiers.items() if f not in known and is_common(n, f)}
    for form in sorted(known | {n for n in names - linked if len(n) >= 3}):
        if not re.fullmatch("[a-z]{2,40}", form):
            continue
        of = sorted(lemmas.get(form, ()))
        kinds = {kind for _, kind in of} or {"o" if form in known else "p"}
        at = position(form) if kinds <= {"n", "o"} else 0
        kinds = {"n"} if at else kinds
        numbers = [0, 0]
        if modifier(form) and is_common(n_modifiers[form], form):
            numbers[0] = n_modifiers[form] * (-1 if modifier(form) == "*" else 1)
        if form in nouns and is_common(n_heads[nouns[form]], nouns[form]):
            numbers[1] = n_heads[nouns[form]]
        print(form, "".join(sorted(kinds)), lemmas_of(form, of), at, *numbers, sep="\t")
    # Linked forms that are no words: zonne-, redding-s.
    for form in sorted(linked):
        if re.fullmatch("[a-z]+", form):
            print(form, "l", modifier(form), 0, n_modifiers[form], 0, sep="\t")


main()
