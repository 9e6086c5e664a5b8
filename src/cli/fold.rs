//! One line a story: articles of a page of hits that go back to one text, folded.

use std::collections::HashMap;

use crate::cli::args::{FoldArgs, SearchArgs};
use crate::cli::failure::Failure;
use crate::cli::out::{self, Format};
use crate::store::told;
use crate::store::{ArticleRow, Reader};

/// Hits looked at to fill a page: a story may have as many versions as there are outlets.
const HITS_PER_LINE: usize = 8;

/// What is done with articles that go back to one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// Each is shown.
    Apart,
    /// The first of a story that is found stands for it.
    Together,
    /// None of them is shown: only what nobody else has.
    Unique,
}

impl Fold {
    pub(super) fn of(args: &SearchArgs) -> Self {
        let is_page = args.format == Format::Table && args.fields.is_empty();
        match args.fold {
            FoldArgs { unique: true, .. } => Self::Unique,
            FoldArgs { fold: true, .. } => Self::Together,
            FoldArgs { no_fold: true, .. } => Self::Apart,
            _ if is_page && out::is_terminal() => Self::Together,
            _ => Self::Apart,
        }
    }

    /// How many hits to ask for, for a page of `limit`.
    pub(super) fn n_hits(self, limit: usize) -> usize {
        match self {
            Self::Apart => limit,
            Self::Together | Self::Unique => {
                limit.saturating_mul(HITS_PER_LINE).min(limit.saturating_add(2000))
            }
        }
    }
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) article: ArticleRow,
    /// Its story, when others have its text.
    pub(super) story: Option<String>,
    /// Other hits of the same story.
    pub(super) n_folded: usize,
    /// Which hit it is; the first is 1.
    pub(super) n_hits: usize,
}

/// The lines of a page of at most `limit`, from hits in their order.
pub(super) fn lines(
    reader: &Reader,
    hits: &[i64],
    fold: Fold,
    limit: usize,
) -> Result<Vec<Line>, Failure> {
    let mut lines: Vec<Line> = Vec::new();
    let mut by_story: HashMap<i64, usize> = HashMap::new();
    for (n_hits, article) in (1..).zip(hits.iter().map(|row| ArticleRow(*row))) {
        let story = told::story_id(reader, article)?;
        if let (Fold::Together, Some((row, _))) = (fold, &story)
            && let Some(at) = by_story.get(row)
        {
            lines[*at].n_folded += 1;
            continue;
        }
        let is_left_out = fold == Fold::Unique && story.is_some();
        if is_left_out || lines.len() == limit {
            continue;
        }
        if let Some((row, _)) = &story {
            by_story.insert(*row, lines.len());
        }
        let story = story.map(|(_, id)| id.to_string());
        lines.push(Line { article, story, n_folded: 0, n_hits });
    }
    Ok(lines)
}
