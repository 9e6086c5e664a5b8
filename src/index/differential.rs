//! Generated queries against a slow and obvious evaluator that reads every article from the start.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::OnceLock;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::index::Document;
use crate::index::search::{Page, Searcher, Sort};
use crate::index::span::Order;
use crate::index::writer::Writer;
use crate::language::wanted::{self, Reading};
use crate::language::{Analyzer, folded};
use crate::model::closeness::Closeness;
use crate::model::time::Timestamp;
use crate::query::{self, Field, Filter, Nearness, Query, Relation, Trait};

const N_ARTICLES: u32 = 60;
const WORDS: [&str; 22] = [
    "woning",
    "woningen",
    "woningnood",
    "nood",
    "Minister",
    "ster",
    "gas",
    "gasten",
    "zee-egel",
    "zeeegel",
    "egel",
    "Poetin",
    "Putin",
    "steeg",
    "stijgen",
    "de",
    "De",
    "huizenprijs",
    "prijzen",
    "huis",
    "wet",
    "woningwet",
];
const SIGNS: [&str; 7] = [" ", " ", " ", ". ", "\n", "\n\n", ", "];
const OUTLETS: [&str; 3] = ["NOS", "NU.nl", "de Volkskrant"];

struct Article {
    title: String,
    text: String,
    title_words: Vec<Word>,
    text_words: Vec<Word>,
    outlet: &'static str,
    tags: Vec<String>,
    traits: Vec<Trait>,
    at: i64,
}

/// The same articles every time, by a small generator of their own.
fn articles() -> Vec<Article> {
    let mut seed = 7_u32;
    let mut pick = move |n: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % n
    };
    (0..N_ARTICLES)
        .map(|n| {
            let mut prose = |length: usize| {
                let words = (0..length).map(|_| format!("{}{}", WORDS[pick(22)], SIGNS[pick(7)]));
                words.collect::<String>()
            };
            let (title, text) = (prose(3), prose(14));
            let traits = [Trait::Revised, Trait::Image].into_iter().filter(|_| pick(2) == 0);
            let traits = traits.collect();
            let tags = vec![WORDS[pick(22)].to_owned()];
            let (title_words, text_words) = (words(&title), words(&text));
            Article {
                title,
                text,
                title_words,
                text_words,
                outlet: OUTLETS[pick(3)],
                tags,
                traits,
                at: i64::from(n) * 100,
            }
        })
        .collect()
}

fn searcher() -> &'static (Vec<Article>, Searcher) {
    static INDEX: OnceLock<(Vec<Article>, Searcher)> = OnceLock::new();
    INDEX.get_or_init(|| {
        let articles = articles();
        let dir = TempDir::new().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        for (row, article) in (0..).zip(&articles) {
            let document = Document {
                article: row,
                title: &article.title,
                text: &article.text,
                outlet: article.outlet,
                tags: &article.tags,
                traits: &article.traits,
                sort_at: article.at,
                ..Document::default()
            };
            writer.put(&document).unwrap();
            if row % 25 == 24 {
                writer.commit(row).unwrap();
            }
        }
        writer.commit(99).unwrap();
        (articles, Searcher::open(dir.path()).unwrap().unwrap())
    })
}

/// A word of a text: all it is found by, and its sentence and paragraph.
struct Word {
    names: Vec<String>,
    sentence: usize,
    paragraph: usize,
}

fn words(text: &str) -> Vec<Word> {
    let mut analyzer = Analyzer::default();
    let mut words: Vec<Word> = Vec::new();
    let (mut at, mut sentence, mut paragraph) = (0, 0, 0);
    while let Some(token) = analyzer.next(text, at) {
        let gap = &text[at..token.start];
        let mut names = vec![token.folded.to_owned()];
        names.extend(token.parts.iter().cloned());
        if let Some(last) = words.last() {
            paragraph += usize::from(gap.contains("\n\n"));
            let is_lower = text[token.start..].starts_with(char::is_lowercase);
            sentence += usize::from(gap.contains('\n') || (gap.contains(". ") && !is_lower));
            if gap == "-" {
                names.push(format!("{}{}", last.names[0], token.folded));
            }
        }
        at = token.end;
        words.push(Word { names, sentence, paragraph });
    }
    words
}

type Places = Vec<(usize, usize)>;

fn places(query: &Query, words: &[Word]) -> Places {
    let read = |text: &str, closeness| {
        let readings = readings(text, closeness);
        readings.iter().flat_map(|reading| reading_places(reading, words)).collect()
    };
    let mut found: Places = match query {
        Query::Word(text) => read(text, Closeness::Wide),
        Query::Phrase(text) => read(text, Closeness::Forms),
        Query::Exact(text) => read(text, Closeness::Exact),
        Query::Prefix(text) => {
            let begins = |word: &Word| {
                word.names.iter().any(|name| name.starts_with(&folded(text).concat()))
            };
            (0..words.len()).filter(|at| begins(&words[*at])).map(|at| (at, at)).collect()
        }
        Query::Any(parts) => parts.iter().flat_map(|part| places(part, words)).collect(),
        Query::AtLeast(n, part) => {
            let found = places(part, words);
            let starts: std::collections::BTreeSet<_> = found.iter().map(|one| one.0).collect();
            if starts.len() >= *n as usize { found } else { Vec::new() }
        }
        Query::Near(parts, nearness) => {
            let parts: Vec<Places> = parts.iter().map(|part| places(part, words)).collect();
            match nearness {
                Nearness::Near(n) => near(&parts, *n as usize, Order::Apart),
                Nearness::Pre(n) => near(&parts, *n as usize, Order::Given),
                Nearness::Sentence => together(&parts, |at| words[at].sentence),
                Nearness::Paragraph => together(&parts, |at| words[at].paragraph),
            }
        }
        _ => Vec::new(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// What a word stands for, found out once.
fn readings(text: &str, closeness: Closeness) -> Rc<Vec<Reading>> {
    type Known = HashMap<(String, u8), Rc<Vec<Reading>>>;
    thread_local! {
        static KNOWN: RefCell<Known> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        let found = known.entry((text.to_owned(), closeness as u8));
        Rc::clone(found.or_insert_with(|| Rc::new(wanted::readings(text, closeness))))
    })
}

fn reading_places(reading: &Reading, words: &[Word]) -> Places {
    let at = |names: &[String]| -> Places {
        let is_there = |word: &Word| word.names.iter().any(|name| names.contains(name));
        (0..words.len()).filter(|at| is_there(&words[*at])).map(|at| (at, at)).collect()
    };
    match reading {
        Reading::Near(parts) => {
            near(&parts.iter().map(|names| at(names)).collect::<Vec<_>>(), 6, Order::Any)
        }
        Reading::Row(parts) => {
            let parts: Vec<Places> = parts.iter().map(|names| at(names)).collect();
            let starts = parts[0].iter().map(|(start, _)| *start);
            let is_row = |start: &usize| {
                parts.iter().enumerate().all(|(n, part)| part.contains(&(start + n, start + n)))
            };
            starts.filter(is_row).map(|start| (start, start + parts.len() - 1)).collect()
        }
    }
}

/// Every choice of one place for each part.
fn choices(parts: &[Places]) -> Vec<Places> {
    parts.iter().fold(vec![Vec::new()], |chosen, part| {
        let longer = chosen.iter().flat_map(|one| {
            part.iter().map(move |place| one.iter().copied().chain([*place]).collect::<Places>())
        });
        longer.collect()
    })
}

fn near(parts: &[Places], within: usize, order: Order) -> Places {
    let good = choices(parts).into_iter().filter(|one| match order {
        Order::Given => one.windows(2).all(|pair| pair[0].1 < pair[1].0),
        Order::Apart => {
            let first = one.iter().map(|place| place.0).min();
            one.iter().filter(|place| Some(place.0) == first).count() == 1
        }
        Order::Any => true,
    });
    let spans = good.map(|one| {
        (one.iter().map(|p| p.0).min().unwrap(), one.iter().map(|p| p.1).max().unwrap())
    });
    spans.filter(|(start, end)| (end - start + 1).saturating_sub(parts.len()) <= within).collect()
}

fn together(parts: &[Places], unit: impl Fn(usize) -> usize) -> Places {
    let good = choices(parts)
        .into_iter()
        .filter(|one| one.iter().all(|place| unit(place.0) == unit(one[0].0)));
    good.map(|one| one[0]).collect()
}

fn matches(query: &Query, article: &Article, field: Option<Field>) -> bool {
    match query {
        Query::Everything => true,
        Query::Not(part) => !matches(part, article, field),
        Query::All(parts) => parts.iter().all(|part| matches(part, article, field)),
        Query::Any(parts) => parts.iter().any(|part| matches(part, article, field)),
        Query::In(field, part) => matches(part, article, Some(*field)),
        Query::Is(of) => article.traits.contains(of),
        Query::Time(time) => {
            let at = Timestamp::from_seconds(article.at);
            time.range.0.is_none_or(|from| from <= at) && time.range.1.is_none_or(|to| at < to)
        }
        placed => {
            let is_in = |words: &[Word]| !places(placed, words).is_empty();
            match field {
                None => is_in(&article.title_words) || is_in(&article.text_words),
                Some(Field::Title) => is_in(&article.title_words),
                Some(Field::Body) => is_in(&article.text_words),
                Some(Field::Lead) => {
                    let all = &article.text_words;
                    let lead = all.iter().filter(|word| word.paragraph == all[0].paragraph);
                    let n_lead = lead.count();
                    is_in(&all[..n_lead])
                }
                Some(Field::Outlet) => has_row(article.outlet, placed),
                Some(Field::Tag) => article.tags.iter().any(|tag| has_row(tag, placed)),
                Some(_) => false,
            }
        }
    }
}

fn has_row(name: &str, query: &Query) -> bool {
    let (Query::Word(text) | Query::Phrase(text) | Query::Exact(text)) = query else {
        return false;
    };
    let (name, row) = (folded(name), folded(text));
    match query {
        Query::Exact(_) => name == row,
        _ => name.windows(row.len()).any(|part| part == row),
    }
}

fn queries() -> impl Strategy<Value = String> {
    let word = || prop::sample::select(&WORDS[..]);
    let placed = prop_oneof![
        6 => word().prop_map(str::to_owned),
        1 => word().prop_map(|word| format!("={word}")),
        1 => "(wo|st|ga|de|ze)\\*",
        1 => (word(), word()).prop_map(|(a, b)| format!("\"{a} {b}\"")),
        1 => (word(), word()).prop_map(|(a, b)| format!("({a} OR {b})")),
    ];
    let field = || prop::sample::select(&["title", "lead", "body"][..]);
    let near = prop::sample::select(&["NEAR/0", "NEAR/2", "PRE/1", "PRE/4", "/s", "/p"][..]);
    let leaf = prop_oneof![
        6 => placed.clone(),
        3 => (placed.clone(), near.clone(), placed.clone())
            .prop_map(|(a, near, b)| format!("{a} {near} {b}")),
        1 => (placed.clone(), near, placed.clone(), placed.clone())
            .prop_map(|(a, near, b, c)| format!("{a} {near} {b} {near} {c}")),
        1 => (placed.clone(), 1..4_u32).prop_map(|(a, n)| format!("atleast{n}({a})")),
        1 => (field(), placed.clone()).prop_map(|(field, a)| format!("{field}:{a}")),
        1 => (field(), placed.clone(), 1..4_u32, placed.clone())
            .prop_map(|(field, a, n, b)| format!("{field}:(atleast{n}({a}) OR {b})")),
        1 => word().prop_map(|word| format!("tag:{word}")),
        1 => prop::sample::select(&OUTLETS[..]).prop_map(|name| format!("outlet:\"{name}\"")),
        1 => prop::sample::select(&["nos", "volkskrant", "\"De Volkskrant\"", "nu.nl"][..])
            .prop_map(|name| format!("outlet:={name}")),
        1 => Just("is:revised".to_owned()),
        1 => Just("has:image".to_owned()),
        1 => (0..60_i64).prop_map(|n| format!("since:{}", n * 100)),
        1 => (0..60_i64).prop_map(|n| format!("until:{}", n * 100)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) OR ({b})")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
}

/// `PROPTEST_CASES=2000` asks for as many as `docs/search.md` speaks of, a minute's work.
fn n_cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: n_cases(), ..ProptestConfig::default() })]

    #[test]
    fn queries_agree_with_reading_every_article(text in queries()) {
        let (articles, searcher) = searcher();
        let mut query = query::parse(&text).unwrap();
        query.set_times(&|time| {
            let at = Some(Timestamp::from_seconds(time.text.parse().unwrap()));
            Ok::<_, ()>(if time.relation == Relation::Since { (at, None) } else { (None, at) })
        }).unwrap();
        let expected: Vec<i64> = (0..)
            .zip(articles)
            .filter(|(_, article)| matches(&query, article, None))
            .map(|(row, _)| row)
            .collect();
        for sort in [Sort::Newest, Sort::Relevance] {
            let page = Page { sort, limit: 100, offset: 0 };
            let mut hits = searcher.search(&query, &Filter::default(), &page).unwrap();
            hits.articles.sort_unstable();
            prop_assert_eq!(&hits.articles, &expected, "{} sorted by {:?}", text, sort);
            prop_assert_eq!(hits.total, expected.len());
        }
    }
}
