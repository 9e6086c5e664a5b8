//! What ids on the command line name.

use crate::cli::failure::{Exit, Failure};
use crate::model::article::ArticleId;
use crate::store::library::{self, Article, Named};
use crate::store::{ArticleRow, Reader, merges};

/// An id, and the number of the revision that stands behind it: `d4umgmusdhvta@2`.
pub(super) fn parts(id: &str) -> (&str, Option<&str>) {
    id.split_once('@').map_or((id, None), |(id, number)| (id, Some(number)))
}

/// The row of the one article that `id` names, whichever of its revisions.
pub(super) fn article(reader: &Reader, id: &str) -> Result<ArticleRow, Failure> {
    let (id, _) = parts(id);
    match library::by_id(reader, id)? {
        Named::One(row) => Ok(row),
        Named::Nothing => Err(Failure::new(Exit::NotFound, format!("there is no article `{id}`"))
            .hint("`knipsel search` shows the ids of what it finds")),
        Named::Several(ids) => {
            let ids: Vec<&str> = ids.iter().map(ArticleId::as_str).collect();
            Err(Failure::new(Exit::NotFound, format!("`{id}` begins the ids of several articles"))
                .hint(format!("write more of it: {}", ids.join(", "))))
        }
    }
}

/// The number of a revision.
pub(super) fn number(text: &str) -> Result<u32, Failure> {
    let wrong = || Failure::new(Exit::Usage, format!("`{text}` is not the number of a revision"));
    text.trim().parse::<u32>().map_err(|_| wrong())
}

/// The revision `number` of the article in `row`, which the owner called `id`.
pub(super) fn revision(
    reader: &Reader,
    row: ArticleRow,
    id: &str,
    number: u32,
) -> Result<Article, Failure> {
    let number = merges::number(reader, id, number)?;
    library::revision(reader, row, number)?.ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("there is no revision `{id}@{number}`"))
            .hint(format!("`knipsel revisions {id}` lists them"))
    })
}
