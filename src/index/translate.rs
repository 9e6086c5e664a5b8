//! From what was asked to what Tantivy runs.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as Plan,
    RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field as IndexField, IndexRecordOption};

use crate::index::schema::Fields;
use crate::index::spans::{Order, Span, SpanQuery};
use crate::language;
use crate::language::wanted::{self, Reading};
use crate::model::closeness::Closeness;
use crate::model::time::Timestamp;
use crate::query::{Field, Filter, Query};

/// How much more a word in the headline says than one in the text.
const TITLE_BOOST: f32 = 2.5;
/// Words that may stand between the parts of a compound that is written apart.
const PARTS_APART_MAX: u32 = 6;

/// The plan for `query` among the articles that `filter` lets through.
pub(super) fn plan(fields: &Fields, query: &Query, filter: &Filter) -> Box<dyn Plan> {
    let mut clauses: Vec<_> = filters(fields, filter)
        .into_iter()
        .map(|plan| (Occur::Must, Box::new(ConstScoreQuery::new(plan, 0.0)) as Box<dyn Plan>))
        .collect();
    let query = condition(&Scope { fields, words: filter.words, field: None }, query)
        .unwrap_or_else(|| Box::new(AllQuery));
    if clauses.is_empty() {
        return query;
    }
    clauses.push((Occur::Must, query));
    Box::new(BooleanQuery::new(clauses))
}

fn filters(fields: &Fields, filter: &Filter) -> Vec<Box<dyn Plan>> {
    let mut plans: Vec<Box<dyn Plan>> = Vec::new();
    if filter.since.is_some() || filter.until.is_some() {
        let term = |at: Timestamp| Term::from_field_i64(fields.sort_at, at.seconds());
        plans.push(Box::new(RangeQuery::new(
            filter.since.map_or(Bound::Unbounded, |at| Bound::Included(term(at))),
            filter.until.map_or(Bound::Unbounded, |at| Bound::Excluded(term(at))),
        )));
    }
    if !filter.outlets.is_empty() {
        let outlets = filter.outlets.iter();
        let any = outlets.filter_map(|name| row(fields.outlet, &language::folded(name)));
        plans.push(Box::new(BooleanQuery::new(any.map(|plan| (Occur::Should, plan)).collect())));
    }
    if !filter.feeds.is_empty() {
        let feeds = filter.feeds.iter().map(|name| Term::from_field_text(fields.feed, name));
        plans.push(Box::new(TermSetQuery::new(feeds)));
    }
    plans
}

/// Where, and how closely, words are looked for.
#[derive(Clone, Copy)]
struct Scope<'f> {
    fields: &'f Fields,
    words: Closeness,
    field: Option<Field>,
}

/// `None` for what asks for nothing, such as a word of signs alone.
fn condition(scope: &Scope<'_>, query: &Query) -> Option<Box<dyn Plan>> {
    match query {
        Query::Everything => None,
        Query::Word(text) => words(scope, text, scope.words),
        Query::Phrase(text) => words(scope, text, Closeness::Forms),
        Query::In(field, query) => condition(&Scope { field: Some(*field), ..*scope }, query),
        Query::Not(_) => all(scope, std::slice::from_ref(query)),
        Query::All(parts) => all(scope, parts),
        Query::Any(parts) => {
            let parts = parts.iter().filter_map(|part| condition(scope, part));
            join(parts.map(|plan| (Occur::Should, plan)).collect())
        }
    }
}

fn all(scope: &Scope<'_>, parts: &[Query]) -> Option<Box<dyn Plan>> {
    let mut clauses = Vec::new();
    for part in parts {
        let (occur, part) = match part {
            Query::Not(part) => (Occur::MustNot, part.as_ref()),
            part => (Occur::Must, part),
        };
        clauses.extend(condition(scope, part).map(|plan| (occur, plan)));
    }
    // Tantivy finds nothing where everything is excluded from nothing.
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) && !clauses.is_empty() {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    join(clauses)
}

fn join(mut clauses: Vec<(Occur, Box<dyn Plan>)>) -> Option<Box<dyn Plan>> {
    match clauses.len() {
        0 => None,
        1 => clauses.pop().map(|(_, plan)| plan),
        _ => Some(Box::new(BooleanQuery::new(clauses))),
    }
}

/// A word or phrase in the field of the scope, or else in headline or text.
fn words(scope: &Scope<'_>, text: &str, closeness: Closeness) -> Option<Box<dyn Plan>> {
    let fields = scope.fields;
    match scope.field {
        Some(Field::Title) => read(fields.title, text, closeness),
        Some(Field::Outlet) => row(fields.outlet, &language::folded(text)),
        Some(Field::Section) => row(fields.section, &language::folded(text)),
        Some(Field::Author) => row(fields.author, &language::folded(text)),
        None => {
            let title = read(fields.title, text, closeness)?;
            let title = Box::new(BoostQuery::new(title, TITLE_BOOST));
            let text = read(fields.text, text, closeness)?;
            Some(Box::new(BooleanQuery::new(vec![(Occur::Should, title), (Occur::Should, text)])))
        }
    }
}

/// All that `text` may be in a text.
fn read(field: IndexField, text: &str, closeness: Closeness) -> Option<Box<dyn Plan>> {
    let readings = wanted::readings(text, closeness).into_iter();
    let plans = readings.map(|reading| {
        let plan: Box<dyn Plan> = Box::new(SpanQuery::new(field, span(reading)));
        (Occur::Should, plan)
    });
    join(plans.collect())
}

fn span(reading: Reading) -> Span {
    let spans = |words: Vec<Vec<String>>| words.into_iter().map(Span::Words).collect();
    match reading {
        Reading::Row(mut row) => match row.pop() {
            Some(only) if row.is_empty() => Span::Words(only),
            last => {
                row.extend(last);
                Span::Row(spans(row))
            }
        },
        Reading::Near(words) => {
            Span::Near { parts: spans(words), within: PARTS_APART_MAX, order: Order::Any }
        }
    }
}

/// The words of a name in a row, as they are written.
fn row(field: IndexField, words: &[String]) -> Option<Box<dyn Plan>> {
    let mut terms: Vec<_> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
    if terms.len() > 1 {
        return Some(Box::new(PhraseQuery::new(terms)));
    }
    let term = terms.pop()?;
    Some(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::index::Document;
    use crate::index::search::{Page, Searcher, Sort};
    use crate::index::writer::Writer;
    use crate::query;

    /// Title, text, outlet, section, author, feed of articles 1, 2, …, each a second newer.
    const ARTICLES: [[&str; 6]; 6] = [
        ["Kabinet valt", "Het kabinet is gevallen om asiel.", "NOS", "Politiek", "Jan Bos", "nos"],
        ["Woningen te duur", "De huizen zijn duur, zegt D66-leider Jetten.", "NU.nl", "", "", "nu"],
        ["Asielwet", "Poetin's kabinet en de nieuwe wet.", "de Volkskrant", "Buitenland", "", "vk"],
        ["Storm", "Zware storm in Oekraïne; geen kabinet.", "NOS Sport", "", "Piet Jan", "nos"],
        ["", "Een nieuwe storm", "RTL", "", "", "rtl"],
        ["Nieuw kabinet", "Zonder asiel", "NU.nl", "Politiek", "", "nu"],
    ];

    fn index() -> Searcher {
        let dir = TempDir::new().unwrap();
        let mut writer = Writer::open(dir.path()).unwrap();
        for (row, fields) in (1..).zip(ARTICLES) {
            let [title, text, outlet, section, author, feed] = fields;
            let (authors, feeds) = (&[author.to_owned()], &[feed.to_owned()]);
            let article = Document {
                article: row,
                title,
                text,
                outlet,
                section,
                authors,
                feeds,
                sort_at: 1000 + row,
            };
            writer.put(&article).unwrap();
            // Over two segments.
            if row == 3 {
                writer.commit(row).unwrap();
            }
        }
        writer.commit(6).unwrap();
        // The files may go while they are open.
        Searcher::open(dir.path()).unwrap().unwrap()
    }

    #[track_caller]
    fn check_with(searcher: &Searcher, filter: &Filter, text: &str, expected: &[i64]) {
        let query = query::parse(text).unwrap();
        for sort in [Sort::Newest, Sort::Relevance] {
            let page = Page { sort, limit: 100, offset: 0 };
            let mut hits = searcher.search(&query, filter, &page).unwrap();
            assert_eq!(hits.total, expected.len(), "{text}");
            hits.articles.sort_unstable();
            assert_eq!(hits.articles, expected, "{text}");
        }
    }

    #[track_caller]
    fn check(searcher: &Searcher, text: &str, expected: &[i64]) {
        check_with(searcher, &Filter::default(), text, expected);
    }

    #[test]
    fn words_are_found_by_their_stems_in_headline_or_text() {
        let searcher = index();
        check(&searcher, "", &[1, 2, 3, 4, 5, 6]);
        check(&searcher, "kabinet", &[1, 3, 4, 6]);
        check(&searcher, "kabinetten", &[1, 3, 4, 6]);
        check(&searcher, "huis", &[2]);
        check(&searcher, "woning", &[2]);
        check(&searcher, "OEKRAINE", &[4]);
        check(&searcher, "poetin", &[3]);
        check(&searcher, "voetbal", &[]);
        check(&searcher, "NOS", &[]);
    }

    #[test]
    fn words_combine() {
        let searcher = index();
        // Article 3 has it in a compound.
        check(&searcher, "kabinet asiel", &[1, 3, 6]);
        check(&searcher, "woningen OR storm", &[2, 4, 5]);
        check(&searcher, "kabinet -asiel", &[4]);
        check(&searcher, "-kabinet", &[2, 5]);
        check(&searcher, "-kabinet -storm", &[2]);
        check(&searcher, "storm OR -kabinet", &[2, 4, 5]);
        check(&searcher, "(storm OR wet) nieuwe", &[3, 5]);
        check(&searcher, "kabinet -(duur OR storm)", &[1, 3, 6]);
        check(&searcher, "--kabinet", &[2, 5]);
    }

    #[test]
    fn phrases_and_compound_words_stand_in_a_row() {
        let searcher = index();
        check(&searcher, "\"nieuwe wet\"", &[3]);
        check(&searcher, "\"wet nieuwe\"", &[]);
        check(&searcher, "\"kabinet\"", &[1, 3, 4, 6]);
        check(&searcher, "D66-leider", &[2]);
        check(&searcher, "D66", &[2]);
        check(&searcher, "leider", &[2]);
        check(&searcher, "leider-D66", &[]);
    }

    #[test]
    fn a_field_is_searched_alone() {
        let searcher = index();
        check(&searcher, "title:kabinet", &[1, 6]);
        check(&searcher, "title:(kabinet nieuw)", &[6]);
        check(&searcher, "title:-kabinet", &[2, 3, 4, 5]);
        check(&searcher, "outlet:volkskrant", &[3]);
        check(&searcher, "outlet:\"NU.nl\"", &[2, 6]);
        check(&searcher, "outlet:nu.nl", &[2, 6]);
        check(&searcher, "outlet:nos", &[1, 4]);
        check(&searcher, "section:politiek kabinet", &[1, 6]);
        check(&searcher, "author:jan", &[1, 4]);
        check(&searcher, "author:\"jan bos\"", &[1]);
        check(&searcher, "title:(storm OR outlet:rtl)", &[4, 5]);
    }

    #[test]
    fn filters_narrow_what_is_found() {
        let searcher = index();
        let at = |seconds| Some(Timestamp::from_seconds(seconds));
        let names = |name: &str| vec![name.to_owned()];
        let all = Filter::default;
        check_with(&searcher, &Filter { since: at(1004), ..all() }, "", &[4, 5, 6]);
        check_with(&searcher, &Filter { until: at(1004), ..all() }, "", &[1, 2, 3]);
        check_with(
            &searcher,
            &Filter { since: at(1002), until: at(1004), ..all() },
            "kabinet",
            &[3],
        );
        check_with(&searcher, &Filter { since: at(9999), ..all() }, "", &[]);
        check_with(&searcher, &Filter { outlets: names("volkskrant"), ..all() }, "", &[3]);
        check_with(&searcher, &Filter { outlets: names("!"), ..all() }, "", &[]);
        check_with(&searcher, &Filter { feeds: names("nos"), ..all() }, "kabinet", &[1, 4]);
        check_with(&searcher, &Filter { feeds: names("NOS"), ..all() }, "", &[]);
        let feeds = vec!["nos".to_owned(), "rtl".to_owned()];
        check_with(&searcher, &Filter { feeds, ..all() }, "-asiel", &[4, 5]);
    }
}
