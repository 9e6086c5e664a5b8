//! Where in an article a query matches.

use std::ops::Range;

use crate::cli::snippet;
use crate::index::nearness;
use crate::language::mark::Marker;
use crate::model::closeness::Closeness;
use crate::query::{Field, Nearness, Query};

/// What is looked for in an article.
pub(super) struct Markers {
    title: Marker,
    lead: Marker,
    rest: Marker,
    near: Vec<Near>,
}

/// What is looked for only near something else; without a field in headline and text.
struct Near {
    field: Option<Field>,
    nearness: Nearness,
    parts: Vec<Marker>,
}

impl Markers {
    pub(super) fn new(query: &Query) -> Self {
        let alone = without_near(query);
        let marker = |fields: &[Field]| snippet::marker_in(&alone, Closeness::Wide, fields);
        let mut near = Vec::new();
        collect_near(query, None, &mut near);
        Self {
            title: marker(&[Field::Title]),
            lead: marker(&[Field::Lead, Field::Body]),
            rest: marker(&[Field::Body]),
            near,
        }
    }

    /// The places in `text`, which is a headline of `n_title` bytes, a line feed and paragraphs.
    pub(super) fn all(&mut self, text: &str, n_title: usize) -> Vec<Range<usize>> {
        let start = n_title + 1;
        let n_lead = text[start..].find("\n\n").unwrap_or(text.len() - start);
        let (title, lead, body) = (0..n_title, start..start + n_lead, start..text.len());
        let mut marks = Vec::new();
        for (marker, part) in [
            (&mut self.title, title.clone()),
            (&mut self.lead, lead.clone()),
            (&mut self.rest, lead.end..body.end),
        ] {
            marks.extend(moved(marker.all(&text[part.clone()]), part.start));
        }
        for near in &mut self.near {
            let parts = match near.field {
                None => vec![title.clone(), body.clone()],
                Some(Field::Title) => vec![title.clone()],
                Some(Field::Lead) => vec![lead.clone()],
                Some(_) => vec![body.clone()],
            };
            for part in parts {
                marks.extend(moved(near.all(&text[part.clone()]), part.start));
            }
        }
        each_once(marks)
    }
}

impl Near {
    fn all(&mut self, text: &str) -> Vec<Range<usize>> {
        let parts: Vec<_> = self.parts.iter_mut().map(|part| part.all(text)).collect();
        nearness::together(text, &parts, self.nearness)
    }
}

fn moved(marks: Vec<Range<usize>>, by: usize) -> impl Iterator<Item = Range<usize>> {
    marks.into_iter().map(move |mark| mark.start + by..mark.end + by)
}

/// In order; a place that is found in two ways is one place.
fn each_once(mut marks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
    let mut end = 0;
    marks.retain(|mark| {
        let is_new = mark.start >= end;
        end = end.max(mark.end);
        is_new
    });
    marks
}

fn collect_near(query: &Query, field: Option<Field>, found: &mut Vec<Near>) {
    match query {
        Query::In(field, query) => collect_near(query, Some(*field), found),
        Query::AtLeast(_, query) => collect_near(query, field, found),
        Query::All(parts) | Query::Any(parts) => {
            for part in parts {
                collect_near(part, field, found);
            }
        }
        Query::Near(parts, nearness) => {
            let marker = |part| snippet::marker_in(part, Closeness::Wide, &[]);
            let parts = parts.iter().map(marker).collect();
            found.push(Near { field, nearness: *nearness, parts });
        }
        _ => {}
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
