//! The data card of an export: what a corpus is, for whoever gets it.

use std::fmt::Write as _;

use crate::export::document;
use crate::export::manifest::{Counts, Plan};
use crate::export::row::Row;

/// What each column holds, in their order.
const MEANINGS: [&str; 23] = [
    "the id of the article in the archive",
    "its address, as the feed gave it",
    "the headline",
    "who published it",
    "the section, as stated",
    "the authors, as stated",
    "keywords of the publisher",
    "the language (BCP 47)",
    "when it was published, as precisely as that was stated",
    "how precisely: `second`, `day`, `month` or `year`",
    "the moment at which that begins, in UTC",
    "when it was changed, as stated",
    "when the archive first saw it",
    "which version this is; 1 is the first",
    "when that was seen",
    "where that came from: `feed`, `page`, `import`, `sitemap`, `archive`",
    "the feeds that listed it",
    "how much could be read: `full`, `teaser`, `paid`, `gated`, `blocked`, `unknown`",
    "whether text and data mining is reserved; empty: nothing was said",
    "what was said of that",
    "the licence that its page names: its address, or else its name; empty: none",
    "words in the text",
    "the text; an empty line parts paragraphs",
];

/// The card, in Markdown.
pub fn card(plan: &Plan, counts: &Counts) -> String {
    let mut card = String::from("# News corpus\n\n");
    let Counts { found, written, left_out, reserved, unknown, words } = counts;
    let state = &plan.state;
    let _ = write!(
        card,
        "| | |\n|---|---|\n| question | {} |\n| articles | {written} |\n| words | {words} |\n\
         | archive as of | {} |\n| format | {} |\n| made with | knipsel {}, analyzer {} |\n\n",
        cell(&plan.query),
        state.as_of.to_rfc3339(),
        plan.format.as_str(),
        plan.program,
        plan.analyzer
    );
    let query = shell(&plan.query);
    // What begins with a minus may be read as flags before `--`.
    let (before, after) = if plan.query.starts_with('-') {
        (String::new(), format!(" -- {query}"))
    } else {
        (format!("{query} "), String::new())
    };
    let _ = write!(
        card,
        "Each article is there once, in the version that was current at that moment.\n\
         `manifest.json` has the length and SHA-256 of every file.\n\
         From the same archive, this makes the same files:\n\n\
         ```sh\nknipsel export {before}--format {}{} --as-of manifest.json -o DIR{after}\n```\n\n",
        plan.format.as_str(),
        if plan.without_reserved { " --without reserved" } else { "" },
    );
    let _ = write!(
        card,
        "## Rights\n\nThe texts are their publishers'.\n\
         Of {found} articles found, {left_out} were left out because text and data mining is \
         reserved.\nOf those in the files it is reserved for {reserved}, and of {unknown} nothing \
         is known.\nWhere `license` is empty no licence was named: ask the publisher before you pass such a \
         text on.\n\n"
    );
    card.push_str("## Columns\n\n| column | is |\n|---|---|\n");
    for ((name, _), meaning) in Row::default().cells().iter().zip(MEANINGS) {
        let _ = writeln!(card, "| `{name}` | {meaning} |");
    }
    card
}

fn cell(text: &str) -> String {
    if text.is_empty() { "everything".to_owned() } else { document::cell(text) }
}

/// One word of a shell.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::manifest::{Format, State};
    use crate::model::time::Timestamp;

    #[test]
    fn a_card_says_how_to_make_it_again() {
        let mut plan = Plan {
            query: "outlet:\"NU.nl\" 's-gravenhage".into(),
            format: Format::Jsonl,
            without_reserved: true,
            state: State { as_of: Timestamp::EPOCH, articles: 1, revisions: 1 },
            program: "0.1.0".into(),
            analyzer: 3,
        };
        let counts = Counts { found: 12, written: 10, left_out: 2, ..Counts::default() };
        let card = super::card(&plan, &counts);
        let command = "knipsel export 'outlet:\"NU.nl\" '\\''s-gravenhage' --format jsonl \
                       --without reserved --as-of manifest.json -o DIR\n";
        assert!(card.contains(command), "{card}");
        assert!(card.contains("Of 12 articles found, 2 were left out"), "{card}");
        assert_eq!(card.matches("\n| `").count(), MEANINGS.len());
        plan.query = "-v -kabinet".into();
        let command = "knipsel export --format jsonl --without reserved --as-of manifest.json \
                       -o DIR -- '-v -kabinet'\n";
        let card = super::card(&plan, &counts);
        assert!(card.contains(command), "{card}");
    }
}
