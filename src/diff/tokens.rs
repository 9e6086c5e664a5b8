//! A text cut into words, spaces and marks, so that all of them together are the text.

/// The tokens of `text`, in order.
pub(super) fn of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = match first {
            c if c.is_alphanumeric() => word_end(rest),
            // A line end is a token of its own: paragraphs are not drawn together.
            '\n' => 1,
            c if c.is_whitespace() => {
                rest.find(|c: char| !c.is_whitespace() || c == '\n').unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        let (token, tail) = rest.split_at(end);
        rest = tail;
        Some(token)
    })
}

/// Where the word ends that `text` begins with. A mark between two letters or digits is part of it:
/// `zo'n`, `minister-president`, `1.500`.
fn word_end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_joint = matches!(c, '\'' | '’' | '-' | '.' | ',' | ':')
            && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !c.is_alphanumeric() && !is_joint {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_inner_marks() {
        let found: Vec<&str> = of("Zo'n 1.500 man, zei\n\nVan-der  A.").collect();
        let expected = [
            "Zo'n", " ", "1.500", " ", "man", ",", " ", "zei", "\n", "\n", "Van-der", "  ", "A",
            ".",
        ];
        assert_eq!(found, expected);
    }
}
