//! Packs the single words of the gazetteer into `lexicon/names.fst`: names, which have no forms but
//! their own.
//!
//! usage: `cargo run --release --example names -- lexicon`

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

use fst::SetBuilder;
use knipsel::language::folded;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder] = &arguments[..] else { return Err("usage: names FOLDER".into()) };
    let mut names = BTreeSet::new();
    for list in ["gazetteer.txt", "kept.txt"] {
        let text = fs::read_to_string(Path::new(folder).join(list))?;
        for line in text.lines() {
            let name = line.split('\t').next().unwrap_or_default();
            if let [word] = &folded(name)[..] {
                names.insert(word.clone());
            }
        }
    }
    let mut packed = SetBuilder::memory();
    packed.extend_iter(&names)?;
    fs::write(Path::new(folder).join("names.fst"), packed.into_inner()?)?;
    Ok(())
}
