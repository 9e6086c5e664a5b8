//! Packs what `lexicon/build.py` wrote into the three files of `lexicon/` that the program holds.
//!
//! usage: `cargo run --release --example lexicon -- lexicon.tsv lexicon`
//!
//! A compound or name that the program reads rightly without knowing it is left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

use knipsel::language::compound;
use knipsel::language::forms::regular;
use knipsel::language::lexicon::{Entry, Kinds, LEMMAS_MAX, Lexicon};

/// A line of the list.
struct Row {
    form: String,
    /// Foremost first; the entry has those that it leads to.
    lemmas: Vec<String>,
    /// Lemmas that it does not lead to, though it is found by them.
    others: Vec<String>,
    entry: Entry,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [source, target] = &arguments[..] else {
        return Err("usage: lexicon LEXICON.tsv FOLDER".into());
    };
    let text = fs::read_to_string(source)?;
    let mut endings = Endings::default();
    let mut rows: Vec<Row> =
        text.lines().map(|line| row(line, &mut endings).ok_or(line)).collect::<Result<_, _>>()?;
    rows.sort_by(|one, other| one.form.cmp(&other.form));
    let endings = endings.lines.concat();
    // The parts of compounds first: what follows from them can be left out.
    let is_core = |row: &Row| {
        row.entry.begins > 0
            || row.entry.ends > 0
            || (row.entry.division == 0 && !row.entry.kinds.name)
    };
    let core = lexicon(rows.iter().filter(|row| is_core(row)), &endings)?;
    let kept: Vec<&Row> = rows
        .iter()
        .filter(|row| {
            is_core(row)
                || !compound::follows(
                    &core,
                    &row.form,
                    row.entry,
                    row.lemmas.first().map_or("", |l| l),
                )
        })
        .collect();
    let irregular = irregular(&rows);
    let folder = Path::new(target);
    fs::write(folder.join("dutch.fst"), packed(kept.iter().copied())?)?;
    fs::write(folder.join("endings.txt"), &endings)?;
    fs::write(folder.join("irregular.txt"), &irregular)?;
    writeln!(io::stderr(), "{} of {} forms kept", kept.len(), rows.len())?;
    Ok(())
}

/// The ways from a form to its lemma, numbered from 1.
#[derive(Default)]
struct Endings {
    numbers: HashMap<String, u16>,
    lines: Vec<String>,
}

impl Endings {
    fn number(&mut self, form: &str, lemma: &str) -> Option<u16> {
        // `ge` taken out first, where that leaves less to change: gewerkt, opgestegen.
        let places = form.match_indices("ge").map(|(at, _)| at).filter(|at| *at < 9);
        let without =
            places.map(|at| (at.to_string(), format!("{}{}", &form[..at], &form[at + 2..])));
        let whole = std::iter::once(("-".to_owned(), form.to_owned()));
        let lines = whole.chain(without).map(|(place, form)| {
            let same = form.bytes().zip(lemma.bytes()).take_while(|(one, two)| one == two).count();
            (
                form.len() + lemma.len() - 2 * same,
                format!("{place} {} {}\n", form.len() - same, &lemma[same..]),
            )
        });
        let (_, line) = lines.min_by_key(|(changes, _)| *changes)?;
        if let Some(number) = self.numbers.get(&line) {
            return Some(*number);
        }
        let number = u16::try_from(self.lines.len() + 1).ok().filter(|number| *number < 4096)?;
        self.numbers.insert(line.clone(), number);
        self.lines.push(line);
        Some(number)
    }
}

fn row(line: &str, endings: &mut Endings) -> Option<Row> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [form, kinds, lemmas, division, begins, ends] = columns[..] else { return None };
    let has = |letter| kinds.contains(letter);
    let (begins, ends): (i32, u32) = (begins.parse().ok()?, ends.parse().ok()?);
    let mut numbers = [0; LEMMAS_MAX];
    let (lemmas, others) = lemmas.split_once(';').unwrap_or((lemmas, ""));
    let list = |lemmas: &str| lemmas.split(',').map(str::to_owned).collect();
    let (lemmas, others): (Vec<String>, Vec<String>) = (list(lemmas), list(others));
    let mut wanted =
        lemmas.iter().filter(|lemma| *lemma != "*").filter_map(|l| endings.number(form, l));
    for number in &mut numbers {
        *number = wanted.next().unwrap_or_default();
    }
    let kinds = Kinds {
        noun: has('n'),
        verb: has('v'),
        adjective: has('a'),
        name: has('p'),
        linked: has('l'),
    };
    let entry = Entry {
        division: division.parse().ok()?,
        begins: compound::scale(begins.unsigned_abs()),
        is_topic: begins > 0,
        ends: compound::scale(ends),
        kinds,
        endings: numbers,
    };
    Some(Row { form: form.to_owned(), lemmas, others, entry })
}

fn packed<'r>(rows: impl Iterator<Item = &'r Row>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut builder = fst::MapBuilder::memory();
    for row in rows {
        builder.insert(&row.form, row.entry.pack())?;
    }
    Ok(builder.into_inner()?)
}

fn lexicon<'r>(
    rows: impl Iterator<Item = &'r Row>,
    endings: &str,
) -> Result<Lexicon, Box<dyn Error>> {
    let endings: &'static str = Box::leak(endings.to_owned().into_boxed_str());
    Ok(Lexicon::new(Box::leak(packed(rows)?.into_boxed_slice()), endings, ""))
}

/// The forms of each lemma that [`regular`] does not think of, or that do not lead to it.
fn irregular(rows: &[Row]) -> String {
    let mut found: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.entry.division == 0 && row.entry.is_word()) {
        let leading = row.lemmas.iter().map(|lemma| (lemma, true));
        let others = row.others.iter().map(|lemma| (lemma, false));
        for (lemma, leads) in leading.chain(others).filter(|(lemma, _)| !lemma.is_empty()) {
            if *lemma != row.form {
                found.entry(lemma).or_default().insert(&row.form, leads);
            }
        }
    }
    let mut text = String::new();
    for (lemma, mut forms) in found {
        let usual: BTreeSet<String> = regular(lemma).into_iter().collect();
        forms.retain(|form, leads| !(*leads && usual.contains(*form)));
        if !forms.is_empty() {
            text.push_str(lemma);
            for form in forms.keys() {
                text.push(' ');
                text.push_str(form);
            }
            text.push('\n');
        }
    }
    text
}
