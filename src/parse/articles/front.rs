//! Articles as texts with their metadata in front, as static sites, note takers and exports have them.

use serde_json::{Map, Value};

use crate::parse::articles::{RawArticle, json};

/// Reads a text that begins with a line `---`; `None` where it does not. The error says in one line
/// what is wrong with it.
///
/// Of YAML it takes lines of a name and a value, where the value may be JSON (YAML 1.2 section 1.3), and
/// of Markdown the headline and the escapes.
pub(super) fn article(text: &str) -> Option<Result<RawArticle, String>> {
    let (front, body) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
    let mut object: Map<String, Value> = Map::new();
    let mut list = None;
    for line in front.lines() {
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            let items = list.as_ref().map(|name: &String| object.entry(name.clone()));
            let items = items.map(|entry| entry.or_insert_with(|| Value::Array(Vec::new())));
            if let Some(Value::Array(items)) = items {
                items.push(unquoted(item).into());
            }
            continue;
        }
        list = line.strip_suffix(':').map(str::to_lowercase);
        object.extend(fact(line));
    }
    if object.is_empty() {
        return None;
    }
    let body = body.trim();
    let text = match body.strip_prefix("# ") {
        Some(headed) => {
            let (title, text) = headed.split_once('\n').unwrap_or((headed, ""));
            object.entry("title").or_insert_with(|| unescaped(title).into());
            text.trim()
        }
        None => body,
    };
    object.insert("text".to_owned(), unescaped(text).into());
    Some(json::article(&Value::Object(object)))
}

fn fact(line: &str) -> Option<(String, Value)> {
    let (name, value) = line.split_once(':')?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let value = value.trim();
    if value.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let as_text = || match value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        Some(list) => list.split(',').map(unquoted).collect(),
        None => Value::from(unquoted(value)),
    };
    // A bare number or word of YAML is meant as it is written.
    let is_json = value.starts_with(['"', '[', '{']);
    let value = is_json.then(|| serde_json::from_str(value).ok()).flatten();
    Some((name.to_lowercase(), value.unwrap_or_else(as_text)))
}

fn unquoted(value: &str) -> &str {
    value.trim().trim_matches(['\'', '"'])
}

/// Without the signs that keep Markdown from marking up (`CommonMark` 0.31 section 2.4).
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        plain.extend(if is_escape { chars.next() } else { Some(c) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_front_is_what_the_article_is() {
        let text = "---\ntitle: \"Brug: dicht\"\nurl: https://zeeklei.example/brug\n\
                    authors: [\"Jo Bos\",\"An Smit\"]\npublished: 2022-02-14\nempty:\n---\n\n\
                    # Brug: dicht\n\nDe brug is \\*dicht\\*.\n\n\\# Wat nu\n";
        let article = article(text).unwrap().unwrap();
        assert_eq!(article.title.as_deref(), Some("Brug: dicht"));
        assert_eq!(article.url.as_deref(), Some("https://zeeklei.example/brug"));
        assert_eq!(article.authors, ["Jo Bos", "An Smit"]);
        assert_eq!(article.published.unwrap().to_rfc3339(), "2022-02-14");
        assert_eq!(article.text, "De brug is *dicht*.\n\n# Wat nu");
    }

    #[test]
    fn lists_are_read_in_either_form() {
        let text = "---\ntitle: Brug\nauthors:\n  - Jo Bos\n  - 'An Smit'\ntags: [brand, Hulst]\n---\nDicht.";
        let article = article(text).unwrap().unwrap();
        assert_eq!(article.authors, ["Jo Bos", "An Smit"]);
        assert_eq!(article.tags, ["brand", "Hulst"]);
    }

    #[test]
    fn a_line_in_a_text_is_no_front() {
        assert!(article("De brug is dicht.\n---\nEn nu?").is_none());
        assert!(article("---\nDe brug is dicht.\n---\nEn nu?").is_none());
        assert!(article("---\ntitle: \"Brug\"\n").is_none());
        assert!(article("---\ntitle: \"Brug\"\n---\n").unwrap().is_err());
    }
}
