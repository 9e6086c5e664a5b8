//! From what was asked to what Tantivy runs.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query as Plan, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field as IndexField, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::index::Error;
use crate::index::careful::Careful;
use crate::index::schema::Fields;
use crate::index::span::{Order, Span};
use crate::index::spans::{Part, SpanQuery};
use crate::index::tokens::{PARAGRAPH, SENTENCE};
use crate::index::whole;
use crate::language;
use crate::language::wanted::{self, Reading};
use crate::model::closeness::Closeness;
use crate::model::time::Timestamp;
use crate::query::{Field, Filter, Nearness, Place, Query, UNKNOWN};

/// How much more a word in the headline says than one in the text.
const TITLE_BOOST: f32 = 2.5;
/// More words that begin alike are not looked for.
const PREFIX_WORDS_MAX: usize = 2_000;
/// Words that may stand between the parts of a compound that is written apart.
const PARTS_APART_MAX: u32 = 6;

/// The plan for `query` among the articles that `filter` lets through.
pub(super) fn plan(
    searcher: &Searcher,
    fields: &Fields,
    query: &Query,
    filter: &Filter,
) -> Result<Box<dyn Plan>, Error> {
    let mut clauses: Vec<_> = filters(searcher, fields, filter)?
        .into_iter()
        .map(|plan| (Occur::Must, Box::new(ConstScoreQuery::new(plan, 0.0)) as Box<dyn Plan>))
        .collect();
    let scope = Scope { searcher, fields, words: filter.words, field: None };
    let query = scope.condition(query)?.unwrap_or_else(|| Box::new(AllQuery));
    if clauses.is_empty() {
        return Ok(query);
    }
    clauses.push((Occur::Must, query));
    Ok(Box::new(BooleanQuery::new(clauses)))
}

fn filters(
    searcher: &Searcher,
    fields: &Fields,
    filter: &Filter,
) -> Result<Vec<Box<dyn Plan>>, Error> {
    let mut plans: Vec<Box<dyn Plan>> = Vec::new();
    plans.extend(time(fields, (filter.since, filter.until)));
    plans.extend(filter.before.map(|place| before(fields, place)));
    plans.extend(filter.row_max.map(|row| {
        let bound = Bound::Included(Term::from_field_i64(fields.article, row));
        Box::new(RangeQuery::new(Bound::Unbounded, bound)) as Box<dyn Plan>
    }));
    if !filter.outlets.is_empty() {
        let mut any = Vec::new();
        for name in &filter.outlets {
            any.extend(match name.strip_prefix('=') {
                Some(name) => Some(whole::named(searcher, fields.outlet, name)?),
                None => as_written(fields.outlet, name),
            });
        }
        plans.push(Box::new(BooleanQuery::new(
            any.into_iter().map(|plan| (Occur::Should, plan)).collect(),
        )));
    }
    if !filter.feeds.is_empty() {
        let feeds = filter.feeds.iter().map(|name| Term::from_field_text(fields.feed, name));
        plans.push(Box::new(TermSetQuery::new(feeds)));
    }
    Ok(plans)
}

fn time(
    fields: &Fields,
    (since, until): (Option<Timestamp>, Option<Timestamp>),
) -> Option<Box<dyn Plan>> {
    if since.is_none() && until.is_none() {
        return None;
    }
    let term = |at: Timestamp| Term::from_field_i64(fields.sort_at, at.seconds());
    Some(Box::new(RangeQuery::new(
        since.map_or(Bound::Unbounded, |at| Bound::Included(term(at))),
        until.map_or(Bound::Unbounded, |at| Bound::Excluded(term(at))),
    )))
}

/// Of a span what stands before the second paragraph.
fn in_lead(span: Span) -> Span {
    match span {
        // What is counted must all stand there.
        Span::AtLeast(n, part) => Span::AtLeast(n, Box::new(in_lead(*part))),
        Span::Any(parts) => Span::Any(parts.into_iter().map(in_lead).collect()),
        span => Span::Before(vec![PARAGRAPH.to_owned()], Box::new(span)),
    }
}

/// What comes after `place` when the newest comes first.
fn before(fields: &Fields, place: Place) -> Box<dyn Plan> {
    let range = |low, high| Box::new(RangeQuery::new(low, high)) as Box<dyn Plan>;
    let at = Term::from_field_i64(fields.sort_at, place.at.seconds());
    let row = Term::from_field_i64(fields.article, place.row);
    let older = range(Bound::Unbounded, Bound::Excluded(at.clone()));
    let as_old = range(Bound::Included(at.clone()), Bound::Included(at));
    let lower = range(Bound::Unbounded, Bound::Excluded(row));
    let lower = BooleanQuery::new(vec![(Occur::Must, as_old), (Occur::Must, lower)]);
    let either: Vec<(Occur, Box<dyn Plan>)> =
        vec![(Occur::Should, older), (Occur::Should, Box::new(lower))];
    Box::new(BooleanQuery::new(either))
}

/// Where, and how closely, words are looked for.
#[derive(Clone, Copy)]
struct Scope<'s> {
    searcher: &'s Searcher,
    fields: &'s Fields,
    words: Closeness,
    field: Option<Field>,
}

/// `None` for what asks for nothing, such as a word of signs alone.
type Condition = Result<Option<Box<dyn Plan>>, Error>;

impl Scope<'_> {
    fn condition(&self, query: &Query) -> Condition {
        match query {
            Query::Everything => Ok(None),
            Query::In(field, query) => Self { field: Some(*field), ..*self }.condition(query),
            Query::Not(_) => self.all(std::slice::from_ref(query)),
            Query::All(parts) => self.all(parts),
            Query::Any(parts) => {
                let mut clauses = Vec::new();
                for part in parts {
                    clauses.extend(self.condition(part)?.map(|plan| (Occur::Should, plan)));
                }
                Ok(join(clauses))
            }
            Query::Time(asked) => {
                let plan = time(self.fields, asked.range);
                Ok(plan.map(|plan| Box::new(ConstScoreQuery::new(plan, 0.0)) as Box<dyn Plan>))
            }
            Query::Is(of) => Ok(Some(raw(self.fields.trait_of, of.as_str()))),
            Query::Word(text) | Query::Phrase(text) | Query::Exact(text)
                if self.field.is_some_and(|field| !field.is_text()) =>
            {
                match self.field {
                    Some(Field::Id) => self.id(text).map(Some),
                    _ if matches!(query, Query::Exact(_)) => self.whole_name(text),
                    _ => Ok(self.name(text)),
                }
            }
            placed => self.placed(placed),
        }
    }

    fn all(&self, parts: &[Query]) -> Condition {
        let mut clauses = Vec::new();
        for part in parts {
            let (occur, part) = match part {
                Query::Not(part) => (Occur::MustNot, part.as_ref()),
                part => (Occur::Must, part),
            };
            let plan = self.condition(part)?.map(|plan| match occur {
                Occur::MustNot => Box::new(Careful(plan)) as Box<dyn Plan>,
                _ => plan,
            });
            clauses.extend(plan.map(|plan| (occur, plan)));
        }
        let mut clauses = together(clauses);
        // Tantivy finds nothing where everything is excluded from nothing.
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) && !clauses.is_empty() {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(join(clauses))
    }

    /// A name, as it is written.
    fn name(&self, text: &str) -> Option<Box<dyn Plan>> {
        let fields = self.fields;
        if let Some(field) = fields.of_names(self.field?) {
            let is_told = matches!(self.field, Some(Field::Person | Field::Org | Field::Place));
            return if is_told && self.words == Closeness::Wide {
                let words = language::folded(text);
                row(field, words.iter().map(|word| wanted::spellings(word)).collect())
            } else {
                as_written(field, text)
            };
        }
        let small = text.to_ascii_lowercase();
        match self.field? {
            Field::Url => as_written(fields.url, text),
            Field::Feed => Some(raw(fields.feed, text)),
            Field::Lang => Some(raw(fields.language, &small)),
            Field::Access if small == UNKNOWN => Some(self.unread()),
            Field::Access => Some(raw(fields.access, &small)),
            Field::Type => Some(raw(fields.kind, &small)),
            Field::Country => Some(raw(fields.country, &small)),
            _ => None,
        }
    }

    /// The articles of which it is not known how much of them can be read: most have no value then.
    fn unread(&self) -> Box<dyn Plan> {
        let field = self.fields.access;
        let known =
            Field::Access.words().unwrap_or_default().iter().filter(|word| **word != UNKNOWN);
        let known = TermSetQuery::new(known.map(|word| Term::from_field_text(field, word)));
        let clauses: Vec<(Occur, Box<dyn Plan>)> =
            vec![(Occur::Must, Box::new(AllQuery)), (Occur::MustNot, Box::new(known))];
        Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::new(clauses)), 0.0))
    }

    /// The same from its first word to its last.
    fn whole_name(&self, text: &str) -> Condition {
        match self.field.and_then(|field| self.fields.of_names(field)) {
            Some(field) => whole::named(self.searcher, field, text).map(Some),
            None => Ok(self.name(text)),
        }
    }

    /// The articles whose ids begin with `text`.
    fn id(&self, text: &str) -> Result<Box<dyn Plan>, Error> {
        let field = self.fields.id;
        let ids = self.terms(field, &text.to_ascii_lowercase(), text)?;
        let terms = ids.iter().map(|id| Term::from_field_text(field, id));
        Ok(Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 0.0)))
    }

    /// Something that stands in running text: in the field of the scope, or else in headline or
    /// text.
    fn placed(&self, query: &Query) -> Condition {
        let fields = self.fields;
        let parts = match self.field {
            Some(Field::Title) => self.parts(fields.title, query)?,
            Some(Field::Lead) => {
                let span = self.span(fields.text, query)?;
                span.map(|span| part(fields.text, in_lead(span))).into_iter().collect()
            }
            Some(_) => self.parts(fields.text, query)?,
            None => {
                let mut parts = self.parts(fields.title, query)?;
                for part in &mut parts {
                    part.boost = TITLE_BOOST;
                }
                parts.extend(self.parts(fields.text, query)?);
                parts
            }
        };
        Ok((!parts.is_empty()).then(|| Box::new(SpanQuery::any(parts)) as Box<dyn Plan>))
    }

    /// Ways to read it in a field, which are scored apart.
    fn parts(&self, field: IndexField, query: &Query) -> Result<Vec<Part>, Error> {
        let spans = match self.span(field, query)? {
            Some(Span::Any(spans)) => spans,
            span => span.into_iter().collect(),
        };
        Ok(spans.into_iter().map(|span| part(field, span)).collect())
    }

    /// Where it stands; `None` when there is no word in it.
    fn span(&self, field: IndexField, query: &Query) -> Result<Option<Span>, Error> {
        let spans = |parts: &[Query]| -> Result<Vec<Span>, Error> {
            let spans = parts.iter().map(|part| self.span(field, part));
            Ok(spans.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        };
        Ok(match query {
            Query::Word(text) => readings(text, self.words),
            Query::Phrase(text) => readings(text, Closeness::Forms),
            Query::Exact(text) => readings(text, Closeness::Exact),
            Query::Prefix(text) => Some(Span::Words(self.beginning_with(field, text)?)),
            Query::Any(parts) => Some(Span::Any(spans(parts)?)),
            Query::Near(parts, nearness) => {
                let parts = spans(parts)?;
                Some(match nearness {
                    Nearness::Near(n) => Span::Near { parts, within: *n, order: Order::Apart },
                    Nearness::Pre(n) => Span::Near { parts, within: *n, order: Order::Given },
                    Nearness::Sentence => Span::Within { parts, sign: vec![SENTENCE.to_owned()] },
                    Nearness::Paragraph => Span::Within { parts, sign: vec![PARAGRAPH.to_owned()] },
                })
            }
            Query::AtLeast(n, part) => {
                let n = usize::try_from(*n).unwrap_or(usize::MAX);
                self.span(field, part)?.map(|part| Span::AtLeast(n, Box::new(part)))
            }
            // The parser lets nothing else stand among these.
            _ => None,
        })
    }

    /// The words of the index that begin with `prefix`.
    fn beginning_with(&self, field: IndexField, prefix: &str) -> Result<Vec<String>, Error> {
        self.terms(field, &language::folded(prefix).concat(), prefix)
    }

    /// The terms that begin with `low`, which was typed as `prefix`.
    fn terms(&self, field: IndexField, low: &str, prefix: &str) -> Result<Vec<String>, Error> {
        let failed = Error::when("search");
        let high = format!("{low}\u{10ffff}");
        let mut words = BTreeSet::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field).map_err(&failed)?;
            let range = inverted.terms().range().ge(low.as_bytes()).lt(high.as_bytes());
            let mut stream = range.into_stream().map_err(|error| failed(error.into()))?;
            while stream.advance() {
                words.extend(std::str::from_utf8(stream.key()).map(str::to_owned));
                if words.len() > PREFIX_WORDS_MAX {
                    let (prefix, limit) = (prefix.to_owned(), PREFIX_WORDS_MAX);
                    return Err(Error::Broad { prefix, limit });
                }
            }
        }
        Ok(words.into_iter().collect())
    }
}

/// Makes what has to stand in texts one plan, the cheapest way to tell.
fn together(clauses: Vec<(Occur, Box<dyn Plan>)>) -> Vec<(Occur, Box<dyn Plan>)> {
    let (mut spans, mut others) = (Vec::new(), Vec::new());
    for (occur, plan) in clauses {
        match (occur, plan.downcast_ref::<SpanQuery>()) {
            (Occur::Must, Some(span)) => spans.push(span.clone()),
            _ => others.push((occur, plan)),
        }
    }
    if !spans.is_empty() {
        others.push((Occur::Must, Box::new(SpanQuery::all(spans)) as Box<dyn Plan>));
    }
    others
}

fn join(mut clauses: Vec<(Occur, Box<dyn Plan>)>) -> Option<Box<dyn Plan>> {
    match clauses.len() {
        0 => None,
        1 => clauses.pop().map(|(_, plan)| plan),
        _ => Some(Box::new(BooleanQuery::new(clauses))),
    }
}

/// All that `text` may be in a text.
fn readings(text: &str, closeness: Closeness) -> Option<Span> {
    let mut spans: Vec<Span> = wanted::readings(text, closeness).into_iter().map(reading).collect();
    if spans.len() > 1 { Some(Span::Any(spans)) } else { spans.pop() }
}

fn reading(reading: Reading) -> Span {
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
fn as_written(field: IndexField, text: &str) -> Option<Box<dyn Plan>> {
    row(field, language::folded(text).into_iter().map(|word| vec![word]).collect())
}

/// Words in a row, each of them one of several.
fn row(field: IndexField, words: Vec<Vec<String>>) -> Option<Box<dyn Plan>> {
    let mut words: Vec<Span> = words.into_iter().map(Span::Words).collect();
    let span = if words.len() > 1 { Span::Row(words) } else { words.pop()? };
    Some(Box::new(SpanQuery::any(vec![part(field, span)])))
}

fn part(field: IndexField, span: Span) -> Part {
    Part { field, span, boost: 1.0 }
}

fn raw(field: IndexField, text: &str) -> Box<dyn Plan> {
    let term = Term::from_field_text(field, text);
    Box::new(ConstScoreQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), 0.0))
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
            let sections = &[section.to_owned()];
            let article = Document {
                article: row,
                title,
                text,
                outlet,
                sections,
                authors,
                feeds,
                sort_at: 1000 + row,
                ..Document::default()
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
        check(&searcher, "outlet:=nos", &[1]);
        check(&searcher, "outlet:=volkskrant", &[]);
        check(&searcher, "outlet:=\"De Volkskrant\"", &[3]);
        check(&searcher, "outlet:(=nos OR =rtl) -outlet:=RTL", &[1]);
        check(&searcher, "author:=jan", &[]);
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
        check_with(&searcher, &Filter { outlets: names("=nos"), ..all() }, "", &[1]);
        check_with(&searcher, &Filter { outlets: names("=sport"), ..all() }, "", &[]);
        check_with(&searcher, &Filter { outlets: names("!"), ..all() }, "", &[]);
        check_with(&searcher, &Filter { feeds: names("nos"), ..all() }, "kabinet", &[1, 4]);
        check_with(&searcher, &Filter { feeds: names("NOS"), ..all() }, "", &[]);
        let feeds = vec!["nos".to_owned(), "rtl".to_owned()];
        check_with(&searcher, &Filter { feeds, ..all() }, "-asiel", &[4, 5]);
    }
}
