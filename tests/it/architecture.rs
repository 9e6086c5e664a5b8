//! The rules of the house: who may use whom, which crate is whose, who prints, who knows the time.

use std::fs;
use std::path::{Path, PathBuf};

/// A module uses modules of a lower rank only.
const RANKS: [&[&str]; 10] = [
    &["model"],
    &[
        "parse",
        "normalize",
        "language",
        "dedupe",
        "diff",
        "schedule",
        "coverage",
        "websub",
        "alarm",
        "query",
        "export",
    ],
    &["extract", "names"],
    &["disk", "store", "index", "fetch", "warc", "worker", "press", "listen"],
    &["capture"],
    &[
        "poll",
        "repair",
        "import",
        "enrich",
        "subscribe",
        "follow",
        "discover",
        "relate",
        "mention",
        "upkeep",
    ],
    &["corpus"],
    &["config"],
    &["service"],
    &["cli"],
];

/// Crates that one module owns.
const OWNED: [(&str, &str); 6] = [
    ("rusqlite", "store"),
    ("tantivy", "index"),
    ("reqwest", "fetch"),
    ("trafilatura", "extract"),
    ("dom_smoothie", "extract"),
    ("dom_query", "extract"),
];

const CLOCKS: [&str; 5] =
    ["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now"];

/// A file of `src/` without its comments and tests.
struct Source {
    /// `store::polls` for `store/polls.rs`.
    path: String,
    code: String,
}

impl Source {
    /// The module of the first level.
    fn module(&self) -> &str {
        self.path.split("::").next().unwrap()
    }

    /// What it says that breaks a rule.
    fn violations(&self) -> Vec<String> {
        let mut found = self.uses_upwards();
        let crates = OWNED.iter().filter(|(name, owner)| {
            *owner != self.module()
                && (self.code.contains(&format!("{name}::"))
                    || self.code.contains(&format!("use {name}")))
        });
        found.extend(crates.map(|(name, owner)| format!("names {name}, which is {owner}'s")));
        let clocks = CLOCKS.iter().filter(|clock| self.code.contains(**clock));
        found.extend(clocks.filter(|_| self.path != "service::clock").map(|c| format!("uses {c}")));
        if self.path != "cli::out" && self.prints() {
            found.push("prints".to_owned());
        }
        found.into_iter().map(|what| format!("{} {what}", self.path)).collect()
    }

    fn uses_upwards(&self) -> Vec<String> {
        let own = rank(self.module());
        let is_above = |used: &str| used != self.module() && rank(used) >= own;
        let above = used(&self.code).into_iter().filter(|used| is_above(used));
        let mut found: Vec<String> = above.map(|used| format!("uses {used}")).collect();
        let root = "super::".repeat(self.path.split("::").count());
        if self.code.contains(&root) {
            found.push(format!("uses {root}"));
        }
        found
    }

    /// Standard error may be asked whether it is a terminal, and is where the log goes; clap
    /// prints its own help and complaints.
    fn prints(&self) -> bool {
        let code = self.code.replace("stderr().is_terminal()", "").replace("use_stderr()", "");
        ["println!", "print!", "stdout()"].iter().any(|word| code.contains(word))
            || (self.path != "cli::log" && code.contains("stderr()"))
    }
}

fn rank(module: &str) -> usize {
    let rank = RANKS.iter().position(|modules| modules.contains(&module));
    rank.unwrap_or_else(|| panic!("the module `{module}` has no rank"))
}

/// The modules of the first level in `crate::module` and `use crate::{module, other::{…}}`.
fn used(code: &str) -> Vec<&str> {
    let mut used = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            used.push(name(rest));
            continue;
        };
        let mut depth = 0_i32;
        let mut is_start = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_start = true,
                c if is_start && !c.is_whitespace() => {
                    used.push(name(&group[at..]));
                    is_start = false;
                }
                _ => {}
            }
        }
    }
    used
}

fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let sources = files.iter().map(|file| {
        let path = file.strip_prefix(&root).unwrap().with_extension("");
        let path = path.to_str().unwrap().replace('/', "::");
        Source { path, code: production(&fs::read_to_string(file).unwrap()) }
    });
    sources.filter(|source| !source.path.contains("::tests")).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// The code that ships: `mod tests` comes last, and comments are words.
fn production(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(path: &str, code: &str, expected: &[&str]) {
    let source = Source { path: path.to_owned(), code: production(code) };
    assert_eq!(source.violations(), expected);
}

#[test]
fn modules_keep_to_their_rank_and_their_trade() {
    let sources = sources();
    assert!(sources.len() > 50);
    let found: Vec<String> = sources
        .iter()
        .filter(|source| !["lib", "main"].contains(&&*source.path))
        .flat_map(Source::violations)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_module_has_a_rank_and_lib_lists_them_in_that_order() {
    let lib = sources().into_iter().find(|source| source.path == "lib").unwrap();
    let modules: Vec<&str> = lib.code.split("pub mod ").skip(1).map(name).collect();
    assert_eq!(modules, RANKS.concat());
}

#[test]
fn a_planted_violation_is_found() {
    check("poll", "use crate::config::Settings;", &["poll uses config"]);
    check("poll", "use crate::import;", &["poll uses import"]);
    check("poll", "use crate::{store, model::{feed, time}, service};", &["poll uses service"]);
    check("poll", "fn f() { super::cli::main() }", &["poll uses super::"]);
    check("dedupe::decide", "use crate::dedupe::fingerprint;\nuse super::identity;", &[]);
    check("store::polls", "/// See [`crate::service`].\nuse rusqlite::Row;", &[]);
    check("poll", "fn f(e: rusqlite::Error) {}", &["poll names rusqlite, which is store's"]);
    check("query", "let now = SystemTime::now();", &["query uses SystemTime::now"]);
    check("cli::show", "println!(\"{x}\");", &["cli::show prints"]);
    check("cli::import", "if io::stderr().is_terminal() {}", &[]);
    check("export", "#[cfg(test)]\nmod tests {\n    use crate::parse::opml;\n}", &[]);
}
