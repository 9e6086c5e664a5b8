//! JSON as people and careless programs write it, made into JSON.
//!
//! Comments, commas too many or too few, quotes of another kind, raw control characters, words of
//! other languages, text around it, an end that is missing. Linear in its size.

/// Brackets nested deeper are left out: `serde_json` refuses a document for them.
const DEPTH_MAX: usize = 100;

/// And here the rest of the document is.
const NESTED_MAX: usize = 1000;

/// What was made of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mended {
    /// The JSON.
    pub text: String,
    /// How often something had to be mended.
    pub n_errors: usize,
    /// It ended before it should have.
    pub is_cut: bool,
}

/// Makes the first object or list in `text` into JSON.
pub fn json(text: &str) -> Mended {
    let start = text.find(['{', '[']).unwrap_or(text.len());
    let mut mender = Mender {
        rest: &text[start..],
        open: Vec::new(),
        last: Last::Open,
        mended: Mended {
            n_errors: usize::from(!text[..start].trim().is_empty()),
            ..Mended::default()
        },
    };
    while mender.step() {}
    mender.end()
}

/// What was written last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Open,
    Comma,
    Colon,
    Value,
}

struct Mender<'t> {
    rest: &'t str,
    open: Vec<u8>,
    last: Last,
    mended: Mended,
}

impl Mender<'_> {
    /// Takes the next piece; false at the end.
    fn step(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return false };
        match first {
            '{' | '[' => self.begin(first as u8),
            '}' | ']' => self.close(first as u8),
            ',' => {
                self.skip(1);
                self.comma();
            }
            '"' | '\'' => self.string(first),
            '/' if self.rest.starts_with("//") => self.skip_to("\n"),
            '/' if self.rest.starts_with("/*") => self.skip_to("*/"),
            _ => self.word(),
        }
        !self.open.is_empty()
    }

    fn skip(&mut self, n: usize) {
        self.rest = &self.rest[n..];
    }

    fn skip_to(&mut self, end: &str) {
        self.mended.n_errors += 1;
        let length = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.skip(length);
    }

    fn error(&mut self) {
        self.mended.n_errors += 1;
    }

    fn write(&mut self, text: &str) {
        if self.open.len() <= DEPTH_MAX {
            self.mended.text.push_str(text);
        }
    }

    /// Before a value or a key: the comma that belongs there.
    fn part(&mut self) {
        match self.last {
            Last::Comma => self.write(","),
            Last::Value => {
                self.error();
                self.write(",");
            }
            Last::Open | Last::Colon => {}
        }
    }

    /// Whether what comes now is the key of an object.
    fn is_key(&self) -> bool {
        self.open.last() == Some(&b'{') && self.last != Last::Colon
    }

    /// After a key: its colon.
    fn colon(&mut self) {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with([':', '=']) {
            self.skip(1);
        } else {
            self.error();
        }
        self.write(":");
        self.last = Last::Colon;
    }

    fn comma(&mut self) {
        match self.last {
            Last::Value => self.last = Last::Comma,
            Last::Colon => {
                self.error();
                self.write("null");
                self.last = Last::Comma;
            }
            Last::Open | Last::Comma => self.error(),
        }
    }

    fn begin(&mut self, bracket: u8) {
        self.skip(1);
        if self.open.len() == NESTED_MAX {
            // Nobody means this; what is open is closed.
            self.rest = "";
            return;
        }
        if self.is_key() {
            // A value without a key.
            self.part();
            self.error();
            self.write("\"\":");
        } else {
            self.part();
        }
        if self.open.len() == DEPTH_MAX {
            self.error();
            self.write("null");
        }
        self.open.push(bracket);
        self.write(if bracket == b'{' { "{" } else { "[" });
        self.last = Last::Open;
    }

    fn close(&mut self, bracket: u8) {
        self.skip(1);
        let open = if bracket == b'}' { b'{' } else { b'[' };
        // One that closes nothing is left out; one that closes something further out, closes all.
        let Some(at) = self.open.iter().rposition(|kept| *kept == open) else {
            return self.error();
        };
        while self.open.len() > at + 1 {
            self.error();
            self.close_top();
        }
        self.close_top();
    }

    fn close_top(&mut self) {
        match self.last {
            Last::Colon => self.write("null"),
            Last::Comma => self.error(),
            Last::Open | Last::Value => {}
        }
        let open = self.open.last().copied();
        self.write(if open == Some(b'{') { "}" } else { "]" });
        self.open.pop();
        self.last = Last::Value;
    }

    fn string(&mut self, quote: char) {
        let is_key = self.is_key();
        self.part();
        if quote == '\'' {
            self.error();
        }
        self.skip(1);
        let mut text = String::from("\"");
        let is_whole = self.characters(quote, &mut text);
        text.push('"');
        if is_whole {
            self.write(&text);
        } else {
            // Half a text is none.
            self.mended.is_cut = true;
            self.write(if is_key { "\"\"" } else { "null" });
        }
        self.last = Last::Value;
        if is_key {
            self.colon();
        }
    }

    /// Takes the inside of a string and its end; false when there is no end.
    fn characters(&mut self, quote: char, out: &mut String) -> bool {
        loop {
            let is_special = |c: char| c == quote || c == '"' || c == '\\' || c.is_control();
            let Some(at) = self.rest.find(is_special) else {
                self.rest = "";
                return false;
            };
            out.push_str(&self.rest[..at]);
            self.skip(at);
            let mut characters = self.rest.chars();
            let special = characters.next().unwrap_or_default();
            self.rest = characters.as_str();
            match special {
                '\\' => self.escape(out),
                _ if special == quote && self.ends_here() => return true,
                '"' => {
                    self.error();
                    out.push_str("\\\"");
                }
                _ if special == quote => out.push(special),
                '\n' => self.control("\\n", out),
                '\t' => self.control("\\t", out),
                _ => self.control("", out),
            }
        }
    }

    fn control(&mut self, written: &str, out: &mut String) {
        self.error();
        out.push_str(written);
    }

    /// Whether a quote is the end of its string: something must follow that follows strings.
    fn ends_here(&self) -> bool {
        let after = self.rest.trim_start();
        let gap = &self.rest[..self.rest.len() - after.len()];
        let is_next_line = gap.contains('\n') && after.starts_with(['"', '\'']);
        after.is_empty() || after.starts_with([',', ':', '=', '}', ']', '/']) || is_next_line
    }

    fn escape(&mut self, out: &mut String) {
        match self.rest.chars().next() {
            Some('u') => self.unicode(out),
            Some(escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
                out.push('\\');
                out.push(escaped);
                self.skip(1);
            }
            Some('\'') => self.error(),
            _ => {
                self.error();
                out.push_str("\\\\");
            }
        }
    }

    /// Four digits, and four more when they are half of a character: `serde_json` refuses half ones.
    fn unicode(&mut self, out: &mut String) {
        let unit = |at: usize| {
            let digits = self.rest.get(at..at + 4)?;
            let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            u32::from_str_radix(digits, 16).ok().filter(|_| is_number)
        };
        let is_high = |unit: u32| (0xd800..0xdc00).contains(&unit);
        let is_low = |unit: u32| (0xdc00..0xe000).contains(&unit);
        let is_pair = self.rest.get(5..7) == Some("\\u") && unit(7).is_some_and(is_low);
        let length = match unit(1) {
            None => {
                self.error();
                return out.push_str("\\\\");
            }
            Some(high) if is_high(high) && is_pair => 11,
            Some(half) if is_high(half) || is_low(half) => {
                self.error();
                self.skip(5);
                return out.push('\u{fffd}');
            }
            Some(_) => 5,
        };
        out.push('\\');
        out.push_str(&self.rest[..length]);
        self.skip(length);
    }

    /// A number, a word, or a key without quotes.
    fn word(&mut self) {
        let is_end = |c: char| {
            c.is_whitespace() || matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"' | '\'' | '=')
        };
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        if end == 0 {
            // A colon or the like where none belongs.
            self.error();
            return self.skip(1);
        }
        let (word, _) = self.rest.split_at(end);
        let is_key = self.is_key();
        self.part();
        self.skip(end);
        let is_json = serde_json::from_str::<serde_json::Value>(word).is_ok();
        if is_json && !is_key {
            self.write(word);
        } else {
            self.error();
            match word {
                "True" => self.write("true"),
                "False" => self.write("false"),
                "NaN" | "undefined" | "None" | "Infinity" | "-Infinity" if !is_key => {
                    self.write("null");
                }
                _ => self.write(&serde_json::Value::from(word).to_string()),
            }
        }
        self.last = Last::Value;
        if is_key {
            self.colon();
        }
    }

    fn end(mut self) -> Mended {
        self.mended.is_cut |= !self.open.is_empty();
        while !self.open.is_empty() {
            self.error();
            self.close_top();
        }
        self.mended
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Value) {
        let mended = json(text);
        let read: Value =
            serde_json::from_str(&mended.text).unwrap_or_else(|e| panic!("{e}: {}", mended.text));
        assert_eq!(&read, expected, "{text}");
    }

    #[test]
    fn commas_and_comments() {
        check("{\"a\": [1, 2,], \"b\": 3,}", &json!({"a": [1, 2], "b": 3}));
        check("[1 2,,3]", &json!([1, 2, 3]));
        check("{\"a\": 1 // een\n, /* twee */ \"b\": 2}", &json!({"a": 1, "b": 2}));
        check("{\"a\": \"x\"\n\"b\": \"y\"}", &json!({"a": "x", "b": "y"}));
    }

    #[test]
    fn keys_and_words_of_other_languages() {
        check(
            "{a: 'b', c: True, d: None, e: undefined}",
            &json!({"a": "b", "c": true, "d": null, "e": null}),
        );
        check("{\"a\"= 1, \"b\": , \"c\"}", &json!({"a": 1, "b": null, "c": null}));
        check("{\"a\": 'zo\\'n \"ding\"'}", &json!({"a": "zo'n \"ding\""}));
    }

    #[test]
    fn strings_are_kept() {
        check("{\"a\": \"De \"brug\" open\"}", &json!({"a": "De \"brug\" open"}));
        check("{\"a\": \"een\ntwee\tdrie\"}", &json!({"a": "een\ntwee\tdrie"}));
        check(
            r#"{"a": "C:\map \x \u00eb \ud83d\ude00 \ud83d \uzz"}"#,
            &json!({"a": "C:\\map \\x ë 😀 \u{fffd} \\uzz"}),
        );
    }

    #[test]
    fn what_is_around_it_and_what_is_missing() {
        check("feed({\"a\": 1});", &json!({"a": 1}));
        check("{\"a\": [{\"b\": 1}, {\"b\": \"hal", &json!({"a": [{"b": 1}, {"b": null}]}));
        check("{\"a\": [1, {\"b\": 2]}", &json!({"a": [1, {"b": 2}]}));
        assert!(json("{\"a\": [1").is_cut);
        assert!(!json("{\"a\": [1,]}").is_cut);
    }

    #[test]
    fn depth_is_bounded() {
        assert!(serde_json::from_str::<Value>(&json(&"[".repeat(1_000_000)).text).is_ok());
        let deep = format!("{{\"a\": {}1{}, \"b\": 2}}", "[".repeat(300), "]".repeat(300));
        let read: Value = serde_json::from_str(&json(&deep).text).unwrap();
        assert_eq!(read["b"], 2);
    }

    proptest! {
        #[test]
        fn whatever_comes_in_json_comes_out(text in "[{}\\[\\]:,\"'\\\\/*a-f0-9u \n\u{e9}-]{0,60}") {
            let mended = json(&text).text;
            let is_json = mended.is_empty() || serde_json::from_str::<Value>(&mended).is_ok();
            prop_assert!(is_json, "{text} -> {mended}");
        }
    }
}
