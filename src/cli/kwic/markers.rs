//! Where in an article a query matches.

use std::ops::Range;

use crate::cli::snippet;
use crate::index::nearness;
use crate::language::mark::Marker;
use crate::model::closeness::Closeness;
use crate::query::{Field, Nearness, Query};

/// What is looked for in each part of an article.
pub(super) struct Markers {
    title: Part,
    lead: Part,
    body: Part,
}

/// What is looked for in a part: by itself, or only near something else.
struct Part {
    alone: Marker,
    near: Vec<(Nearness, Vec<Marker>)>,
}

impl Markers {
    pub(super) fn new(query: &Query) -> Self {
        let part = |field: Field, alone: &[Field]| {
            let mut near = Vec::new();
            collect_near(query, None, field, &mut near);
            let alone = snippet::marker_in(&without_near(query), Closeness::Wide, alone);
            Part { alone, near }
        };
        // What is looked for in a text is looked for in all of it.
        Self {
            title: part(Field::Title, &[Field::Title]),
            lead: part(Field::Lead, &[Field::Lead]),
            body: part(Field::Body, &[Field::Body]),
        }
    }

    /// The places in `text`, which is a headline of `n_title` bytes, a line feed and paragraphs.
    pub(super) fn all(&mut self, text: &str, n_title: usize) -> Vec<Range<usize>> {
        let start = n_title + 1;
        let n_lead = text[start..].find("\n\n").unwrap_or(text.len() - start);
        let parts = [
            (&mut self.title, 0..n_title),
            (&mut self.lead, start..start + n_lead),
            (&mut self.body, start..text.len()),
        ];
        let mut marks: Vec<Range<usize>> = Vec::new();
        for (part, range) in parts {
            let found = part.all(&text[range.clone()]).into_iter();
            marks.extend(found.map(|mark| mark.start + range.start..mark.end + range.start));
        }
        marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
        // A place that is found in two ways is one place.
        let mut end = 0;
        marks.retain(|mark| {
            let is_new = mark.start >= end;
            end = end.max(mark.end);
            is_new
        });
        marks
    }
}

impl Part {
    fn all(&mut self, text: &str) -> Vec<Range<usize>> {
        let mut marks = self.alone.all(text);
        for (nearness, parts) in &mut self.near {
            let parts: Vec<_> = parts.iter_mut().map(|part| part.all(text)).collect();
            marks.extend(nearness::together(text, &parts, *nearness));
        }
        marks
    }
}

/// What `query` looks for in `of` only where it is near something else. Without a field it is looked
/// for in headline and text.
fn collect_near(
    query: &Query,
    field: Option<Field>,
    of: Field,
    found: &mut Vec<(Nearness, Vec<Marker>)>,
) {
    match query {
        Query::In(field, query) => collect_near(query, Some(*field), of, found),
        Query::AtLeast(_, query) => collect_near(query, field, of, found),
        Query::All(parts) | Query::Any(parts) => {
            for part in parts {
                collect_near(part, field, of, found);
            }
        }
        Query::Near(parts, nearness) if is_looked_for(field, of) => {
            let marker = |part| snippet::marker_in(part, Closeness::Wide, &[]);
            found.push((*nearness, parts.iter().map(marker).collect()));
        }
        _ => {}
    }
}

fn is_looked_for(field: Option<Field>, of: Field) -> bool {
    match field {
        None => of != Field::Lead,
        Some(field) => field == of,
    }
}

/// The query but for what is looked for near something else.
fn without_near(query: &Query) -> Query {
    let all = |parts: &[Query]| parts.iter().map(without_near).collect();
    match query {
        Query::Near(..) => Query::Everything,
        Query::In(field, query) => Query::In(*field, Box::new(without_near(query))),
        Query::AtLeast(n, query) => Query::AtLeast(*n, Box::new(without_near(query))),
        Query::All(parts) => Query::All(all(parts)),
        Query::Any(parts) => Query::Any(all(parts)),
        other => other.clone(),
    }
}
