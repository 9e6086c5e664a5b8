//! A comparison as one page without anything from outside, for a browser.

use std::fmt::Write as _;

use crate::cli::diff::{Compared, Field, paragraphs};
use crate::cli::out::clean_lines;
use crate::diff::{self, Change, Piece};
use crate::store::library::Article;

const STYLE: &str = "\
body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.05rem/1.6 Georgia,serif;\
color:#222;background:#fff}\
del{color:#a40000;background:#fde8e8}ins{color:#00601f;background:#e2f6e6;text-decoration:none}\
header p,dl{color:#555;font:.9rem/1.5 system-ui,sans-serif}dt{float:left;clear:left;width:7rem}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}header p,dl{color:#aaa}\
del{color:#ffb3b3;background:#4a1d1d}ins{color:#b5f0c3;background:#173d22}}";

/// The page. Whatever came from outside is escaped, and a policy forbids it to load or run anything
/// should that ever fail.
pub(super) fn page(compared: &Compared<'_>) -> String {
    let (before, after) = compared.contents();
    let language = after.language.as_deref().unwrap_or("nl");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n",
        escape(language),
        escape(&after.title),
        pieces(&diff::words(&before.title, &after.title)),
    );
    for article in [compared.before, compared.after] {
        let _ = writeln!(page, "<p>{}</p>", escape(&label(article)));
    }
    let fields = compared.fields();
    if !fields.is_empty() {
        let _ = writeln!(page, "<dl>{}</dl>", fields.iter().map(field).collect::<String>());
    }
    page.push_str("</header>\n");
    for paragraph in paragraphs(&compared.text()) {
        let _ = writeln!(page, "<p>{}</p>", pieces(&paragraph));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn label(article: &Article) -> String {
    let revision = &article.revision;
    format!("{}@{}, {}, {}", article.id, revision.number, revision.seen_at, revision.source)
}

fn field(field: &Field) -> String {
    let Field { name, before, after } = field;
    let (before, after) = (escape(before), escape(after));
    format!("<dt>{name}</dt><dd><del>{before}</del> <ins>{after}</ins></dd>")
}

fn pieces(pieces: &[Piece]) -> String {
    let piece = |piece: &Piece| {
        let text = escape(&piece.text).replace('\n', "<br>");
        match piece.change {
            Change::Kept => text,
            Change::Removed => format!("<del>{text}</del>"),
            Change::Added => format!("<ins>{text}</ins>"),
        }
    };
    pieces.iter().map(piece).collect()
}

/// Text in element or attribute; what could act on a terminal is made visible too, because the page
/// may be looked at in one.
fn escape(text: &str) -> String {
    let text = clean_lines(text);
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_piece_stay_apart() {
        let piece = |change, text: &str| Piece { change, text: text.to_owned() };
        let line = [piece(Change::Kept, "regel een\n"), piece(Change::Added, "<andere>\n")];
        assert_eq!(pieces(&line), "regel een<br><ins>&lt;andere&gt;<br></ins>");
    }
}
