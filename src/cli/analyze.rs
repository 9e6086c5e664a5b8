//! `knipsel analyze`: what the analyzer makes of words.

use serde_json::json;

use crate::cli::args::AnalyzeArgs;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record};
use crate::language::wanted::{self, Explained};

pub(super) fn analyze(args: &AnalyzeArgs) -> Result<Exit, Failure> {
    let words: Vec<Explained> = args
        .text
        .iter()
        .flat_map(|text| text.split_whitespace())
        .flat_map(wanted::explain)
        .collect();
    if words.is_empty() {
        return Err(Failure::new(Exit::Usage, "there is no word in it"));
    }
    if args.format == Format::Table {
        words.iter().try_for_each(table)?;
    } else {
        out::records(args.format, words.iter().map(record))?;
    }
    Ok(Exit::Done)
}

fn table(word: &Explained) -> Result<(), Failure> {
    out::line(&out::bold(&out::clean(&word.word)))?;
    let row = |words: &[String]| (!words.is_empty()).then(|| words.join(" "));
    out::facts(&[
        ("form of", row(&word.lemmas)),
        ("kept with", row(&word.parts)),
        ("finds", row(&word.forms)),
        ("also spelled", row(&word.spellings)),
        ("in compounds as", row(&word.in_compounds)),
        ("or near each other", row(&word.apart)),
    ])?;
    Ok(())
}

fn record(word: &Explained) -> Record {
    let fields = [
        ("word", json!(word.word)),
        ("lemmas", json!(word.lemmas)),
        ("parts", json!(word.parts)),
        ("forms", json!(word.forms)),
        ("spellings", json!(word.spellings)),
        ("in_compounds", json!(word.in_compounds)),
        ("apart", json!(word.apart)),
        ("analyzer", json!(crate::language::VERSION)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
