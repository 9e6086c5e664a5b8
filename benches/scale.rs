//! What questions cost as an archive grows: a whole archive is made, and the whole program is asked,
//! in CPU time of the process.
//!
//! ```sh
//! cargo bench --bench scale -- 10000 100000 1000000
//! ```
//!
//! Takes the sizes as arguments (10,000 without any), makes each archive in `KNIPSEL_SCALE_DIR` or
//! a temporary folder (8 GB for a million), and prints a row of numbers for each question. What
//! articles say is made by a generator: words as frequent as in a language (Zipf), lengths as
//! those of news.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to measure")]
#![expect(clippy::print_stdout, reason = "the numbers are its output")]
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use knipsel::follow;
use knipsel::import::{self, Placed};
use knipsel::index::writer::Writer as IndexWriter;
use knipsel::model::time::{StatedDate, Timestamp};
use knipsel::parse::articles::RawArticle;
use knipsel::store::{Layout, Reader, Writer};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use tempfile::TempDir;

/// Runs of each question; the 95th percentile is the 19th.
const RUNS: usize = 20;
const BATCH: usize = 500;
/// Six years of articles.
const FIRST_AT: i64 = 1_577_836_800;
const SPAN_S: i64 = 6 * 365 * 86_400;

/// Stems and endings from which the generator makes words.
const ONSETS: [&str; 20] = [
    "b", "br", "d", "dr", "g", "gr", "h", "k", "kl", "l", "m", "n", "p", "pl", "r", "s", "st", "t",
    "v", "w",
];
const NUCLEI: [&str; 10] = ["a", "aa", "e", "ee", "i", "ij", "o", "oe", "u", "ui"];
const CODAS: [&str; 12] = ["", "n", "r", "l", "k", "t", "s", "nd", "rt", "st", "p", "m"];
/// Real words at known ranks, so that questions mean something.
const PLANTED: [(usize, &str); 12] = [
    (12, "de"),
    (40, "nieuwe"),
    (150, "kabinet"),
    (220, "minister"),
    (300, "gemeente"),
    (420, "woningen"),
    (600, "rechter"),
    (900, "stikstof"),
    (1_200, "asiel"),
    (2_000, "storm"),
    (3_500, "windmolens"),
    (6_000, "rekenkamer"),
];
const VOCABULARY: usize = 200_000;
const OUTLETS: [&str; 12] = [
    "De Peilschaal",
    "Zeeklei",
    "De Dijkbode",
    "Printspoor",
    "Lichtschip",
    "Zuidoever",
    "Belfortblad",
    "De Waag",
    "Noorderlicht",
    "Het Sluisje",
    "De Griffie",
    "Stadsblad",
];
const SECTIONS: [&str; 8] =
    ["Binnenland", "Buitenland", "Politiek", "Economie", "Sport", "Cultuur", "Wetenschap", "Regio"];

fn main() {
    // Cargo adds `--bench`.
    let sizes: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000] } else { sizes };
    let vocabulary = Vocabulary::new();
    for size in sizes {
        let kept = std::env::var_os("KNIPSEL_SCALE_DIR").map(PathBuf::from);
        let temporary = TempDir::new().unwrap();
        let dir = kept.unwrap_or_else(|| temporary.path().to_owned()).join(size.to_string());
        println!("\n{size} articles");
        let layout = Layout::new(&dir);
        if !layout.database().exists() {
            fs::create_dir_all(&dir).unwrap();
            fill(&layout, &vocabulary, size);
        }
        rebuild(&layout, size);
        questions(&dir);
    }
}

/// The generator of Knuth's MMIX; its high bits are random enough for a text.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next()).unwrap() % n
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        f64::from(u32::try_from(self.next()).unwrap()) / f64::from(1_u32 << 31)
    }
}

struct Vocabulary(Vec<String>);

impl Vocabulary {
    fn new() -> Self {
        let mut random = Random(11);
        let mut words: Vec<String> = Vec::with_capacity(VOCABULARY);
        while words.len() < VOCABULARY {
            let n_syllables = 1 + words.len().max(1).ilog10() as usize / 2 + random.below(2);
            let mut word = String::new();
            for _ in 0..n_syllables {
                word.push_str(ONSETS[random.below(ONSETS.len())]);
                word.push_str(NUCLEI[random.below(NUCLEI.len())]);
                word.push_str(CODAS[random.below(CODAS.len())]);
            }
            words.push(word);
            if words.len() == 1 {
                words.push("het".to_owned());
            }
        }
        for (rank, word) in PLANTED {
            word.clone_into(&mut words[rank]);
        }
        Self(words)
    }

    /// Zipf with exponent one, by inverting its distribution.
    fn word(&self, random: &mut Random) -> &str {
        let n = f64::from(u32::try_from(self.0.len()).unwrap());
        let rank = n.powf(random.part()) - 1.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
        let rank = rank as usize;
        &self.0[rank.min(self.0.len() - 1)]
    }

    fn prose(&self, random: &mut Random, n_words: usize) -> String {
        let mut text = String::with_capacity(n_words * 7);
        let mut left_in_sentence = 0;
        let mut n_sentences = 0;
        for n in 0..n_words {
            let word = self.word(random);
            if left_in_sentence == 0 {
                if n > 0 {
                    n_sentences += 1;
                    text.push_str(if n_sentences % 4 == 0 { ".\n\n" } else { ". " });
                }
                left_in_sentence = 8 + random.below(18);
                let (first, rest) = word.split_at(1);
                let _ = write!(text, "{}{rest}", first.to_uppercase());
            } else {
                text.push(' ');
                text.push_str(word);
            }
            left_in_sentence -= 1;
        }
        text.push('.');
        text
    }

    fn article(&self, n: u64, size: u64) -> RawArticle {
        let mut random = Random(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // Between 60 and 1,300 words, 380 on average, as the articles of a general news site.
        let n_words = 60
            + [120, 180, 240, 320, 380, 480, 700, 1_240][random.below(8)] * (50 + random.below(50))
                / 100;
        let outlet = OUTLETS[random.below(OUTLETS.len()).min(random.below(OUTLETS.len()))];
        let at = FIRST_AT + i64::try_from(n).unwrap() * SPAN_S / i64::try_from(size).unwrap();
        RawArticle {
            url: Some(format!(
                "https://www.{}.example/nieuws/{n}",
                outlet.to_lowercase().replace(' ', "-")
            )),
            title: Some(self.prose(&mut random, 8)),
            text: self.prose(&mut random, n_words),
            outlet: Some(outlet.to_owned()),
            authors: vec![format!("Jan {}", self.0[5_000 + random.below(400)])],
            section: Some(SECTIONS[random.below(SECTIONS.len())].to_owned()),
            tags: vec![self.0[1_000 + random.below(2_000)].clone()],
            language: Some("nl".to_owned()),
            published: Some(StatedDate::exact(Timestamp::from_seconds(at))),
            ..RawArticle::default()
        }
    }
}

fn fill(layout: &Layout, vocabulary: &Vocabulary, size: u64) {
    let writer = Writer::open(layout).unwrap();
    let (mut n, mut n_bytes) = (0, 0);
    while n < size {
        let end = (n + BATCH as u64).min(size);
        let batch: Vec<Placed> = (n..end).map(|n| (n, vocabulary.article(n, size))).collect();
        n_bytes += batch.iter().map(|(_, article)| article.text.len()).sum::<usize>();
        let now = Timestamp::from_seconds(FIRST_AT + SPAN_S);
        writer.write_blocking(move |tx| import::store(tx, "generated", &batch, now)).unwrap();
        n = end;
    }
    println!("  bytes of text an article: {}", n_bytes as u64 / size);
}

/// CPU seconds of this process, or of those it has waited for.
fn cpu_s(who: UsageWho) -> f64 {
    let usage = getrusage(who).unwrap();
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}

fn rebuild(layout: &Layout, size: u64) {
    let before = cpu_s(UsageWho::RUSAGE_SELF);
    let _ = fs::remove_dir_all(layout.index());
    let reader = Reader::open(layout).unwrap();
    let mut index = IndexWriter::open(&layout.index()).unwrap();
    follow::catch_up(&reader, &mut index, |_| {}).unwrap();
    index.close_merged().unwrap();
    let took = cpu_s(UsageWho::RUSAGE_SELF) - before;
    let bytes = |dir: &Path| -> u64 {
        fs::read_dir(dir).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
    };
    println!("  rebuild: {:.0} articles a CPU second", size as f64 / took);
    println!("  index: {} bytes an article", bytes(&layout.index()) / size);
    println!("  archive: {} bytes an article", layout.database().metadata().unwrap().len() / size);
}

fn questions(dir: &Path) {
    let questions: [(&str, &[&str]); 11] = [
        ("nothing found", &["search", "xqzw", "--format", "json"]),
        ("two words, newest", &["search", "kabinet", "stikstof"]),
        ("two common words, newest", &["search", "de", "nieuwe"]),
        ("two words, ranked", &["search", "kabinet", "stikstof", "--sort", "relevance"]),
        ("phrase", &["search", "\"nieuwe kabinet\""]),
        ("month timeline", &["timeline", "kabinet", "--by", "month", "--format", "json"]),
        ("facets, broad", &["facets", "kabinet", "--on", "outlet,section", "--format", "json"]),
        ("facets, all", &["facets", "--on", "outlet,section,author", "--format", "json"]),
        ("jsonl, 1000", &["search", "kabinet", "--format", "jsonl", "-n", "1000"]),
        ("outlet, newest", &["search", "stikstof", "outlet:zeeklei"]),
        ("kwic", &["kwic", "stikstof", "--format", "json"]),
    ];
    println!("  {:<26} {:>9} {:>9}", "CPU ms, whole process", "median", "p95");
    for (name, arguments) in questions {
        let mut times: Vec<f64> = (0..RUNS).map(|_| ask(dir, arguments)).collect();
        times.sort_by(f64::total_cmp);
        println!("  {name:<26} {:>9.1} {:>9.1}", times[RUNS / 2], times[RUNS * 19 / 20 - 1]);
    }
}

/// CPU milliseconds of one run of the program.
fn ask(dir: &Path, arguments: &[&str]) -> f64 {
    let before = cpu_s(UsageWho::RUSAGE_CHILDREN);
    let mut command = Command::new(env!("CARGO_BIN_EXE_knipsel"));
    command.args(arguments).arg("--archive").arg(dir).stdout(Stdio::null()).stderr(Stdio::null());
    let code = command.status().unwrap().code();
    assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {code:?}");
    (cpu_s(UsageWho::RUSAGE_CHILDREN) - before) * 1000.0
}
