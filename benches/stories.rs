//! What finding near duplicates costs for one article, as the archive grows.
//!
//! `cargo bench --bench stories -- 10000 100000 1000000` makes an archive of invented articles at
//! ten thousand a day, and stops at each size to say what the last ten thousand cost: CPU time of
//! the whole process per article to read, sketch, look up, compare and link, and what the tables of
//! stories take on disk. `--dir DIR` says where the archive is made; one that is there goes on.
//! `--per-day N` makes fewer articles a day: at 300 the thirty days in which articles are compared
//! are full from 10,000 on, so that only the size of the archive differs between the rows.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to measure")]
#![expect(clippy::print_stdout, reason = "a bench says what it measured")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use knipsel::import::{self, Placed};
use knipsel::model::time::{Precision, StatedDate, Timestamp};
use knipsel::parse::articles::RawArticle;
use knipsel::relate;
use knipsel::store::{Layout, Reader, Writer};
use tempfile::TempDir;

/// Articles between two looks.
const STEP: usize = 10_000;

/// Articles a day, unless told otherwise: about all Dutch news.
const PER_DAY: usize = 10_000;

const WORDS: usize = 60_000;
const OUTLETS: usize = 120;

/// Of a hundred articles so many go back to one of the last thousand.
const COPIES: u64 = 30;
const RECENT: usize = 1_000;

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments.iter().position(|argument| argument == name).map(|at| &arguments[at + 1])
    };
    let dir = option("--dir");
    let per_day = option("--per-day").map_or(PER_DAY, |text| text.parse().unwrap());
    let is_value = |at: usize| at > 0 && arguments[at - 1].starts_with("--");
    let mut sizes: Vec<usize> = (0..arguments.len())
        .filter(|at| !is_value(*at))
        .filter_map(|at| arguments[at].parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes.push(STEP);
    }
    let temporary = TempDir::new().unwrap();
    let dir = dir.map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let layout = Layout::new(dir.join("archive"));
    let writer = Writer::open(&layout).unwrap();
    let mut press = Press::new(per_day);
    let mut n = usize::try_from(one(&layout, "SELECT count(*) FROM articles")).unwrap();
    for _ in 0..n {
        press.article();
    }
    println!("{:>9}  {:>11}  {:>9}  {:>8}", "articles", "CPU/article", "bytes", "stories");
    let last = sizes.iter().copied().max().unwrap_or(STEP);
    while n < last {
        for _ in 0..STEP / 200 {
            let batch: Vec<Placed> = (0..200).map(|n| (n, press.article())).collect();
            // What is dated later than now is taken to be of now.
            let now = press.now();
            writer.write_blocking(move |tx| import::store(tx, "generated", &batch, now)).unwrap();
        }
        n += STEP;
        let reader = Reader::open(&layout).unwrap();
        let before = cpu_seconds();
        assert_eq!(relate::catch_up(&reader, &writer, usize::MAX, |_| {}).unwrap(), STEP);
        let cost = (cpu_seconds() - before) / STEP as f64;
        if sizes.contains(&n) {
            report(&layout, n, cost);
        }
    }
}

fn report(layout: &Layout, n: usize, cost: f64) {
    let pages = one(
        layout,
        "SELECT sum(pgsize) FROM dbstat
         WHERE name IN ('shingle', 'story_mark', 'story_mark_by_story', 'story', 'story_link',
                        'story_link_by_other')",
    );
    let stories = one(layout, "SELECT count(*) FROM stories");
    println!("{n:>9}  {:>8.0} us  {:>9.0}  {stories:>8}", cost * 1e6, pages as f64 / n as f64);
}

/// The number that a question has for an answer.
fn one(layout: &Layout, sql: &str) -> i64 {
    // Asking in SQL prepares its connection, which can be done once.
    let mut reader = Reader::open(layout).unwrap();
    let mut value = 0;
    let limit = std::time::Duration::from_secs(600);
    knipsel::store::sql::query(&mut reader, sql, limit, |_, cells| {
        if let Some(knipsel::store::sql::Cell::Integer(number)) = cells.first() {
            value = *number;
        }
        false
    })
    .unwrap();
    value
}

/// User and system time of this process, in seconds, to a hundredth.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum();
    ticks as f64 / 100.0
}

/// Invented articles: words of a long-tailed vocabulary, of which some are copies of recent ones.
struct Press {
    random: u64,
    words: Vec<String>,
    recent: Vec<Vec<String>>,
    n: usize,
    per_day: usize,
}

impl Press {
    fn new(per_day: usize) -> Self {
        let (words, recent) = (Vec::new(), Vec::new());
        let mut press = Self { random: 42, words, recent, n: 0, per_day };
        for _ in 0..WORDS {
            let n_syllables = 1 + press.below(4);
            let word = (0..n_syllables).map(|_| press.syllable()).collect();
            press.words.push(word);
        }
        press
    }

    /// When the next article is published.
    fn now(&self) -> Timestamp {
        let seconds = self.n * 86_400 / self.per_day;
        Timestamp::from_seconds(START + i64::try_from(seconds).unwrap())
    }

    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn syllable(&mut self) -> String {
        const ONSETS: [&str; 12] = ["b", "d", "g", "h", "k", "l", "m", "n", "r", "st", "v", "w"];
        const RIMES: [&str; 12] =
            ["a", "ee", "en", "ij", "oe", "ol", "oor", "ui", "aat", "ing", "er", "em"];
        let onset = usize::try_from(self.below(12)).unwrap();
        let rime = usize::try_from(self.below(12)).unwrap();
        format!("{}{}", ONSETS[onset], RIMES[rime])
    }

    /// Rank r with a chance of about 1/r, as in any language.
    fn word(&mut self) -> String {
        let part = (self.below(1 << 30) as f64) / f64::from(1 << 30);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
        let rank = (WORDS as f64).powf(part) as usize;
        self.words[rank.min(WORDS) - 1].clone()
    }

    fn sentence(&mut self) -> String {
        let n_words = 8 + self.below(14);
        let words: Vec<String> = (0..n_words).map(|_| self.word()).collect();
        let mut sentence = words.join(" ");
        let name = self.below(3) == 0;
        if name {
            let _ = write!(sentence, " Van{}", self.word());
        }
        format!("De {sentence}.")
    }

    fn text(&mut self) -> Vec<String> {
        let n_recent = u64::try_from(self.recent.len()).unwrap();
        if n_recent > 0 && self.below(100) < COPIES {
            let chosen = usize::try_from(self.below(n_recent)).unwrap();
            let mut copy = self.recent[chosen].clone();
            match self.below(3) {
                0 => copy.truncate(copy.len() / 2 + 2),
                1 => copy.insert(0, self.sentence()),
                _ => copy.reverse(),
            }
            return copy;
        }
        let n_sentences = 5 + self.below(30);
        (0..n_sentences).map(|_| self.sentence()).collect()
    }

    fn article(&mut self) -> RawArticle {
        let sentences = self.text();
        let slot = self.n % RECENT;
        if slot < self.recent.len() {
            self.recent[slot].clone_from(&sentences);
        } else {
            self.recent.push(sentences.clone());
        }
        let outlet = usize::try_from(self.below(u64::try_from(OUTLETS).unwrap())).unwrap();
        let article = RawArticle {
            is_html: false,
            id: None,
            public_id: None,
            url: Some(format!("https://krant{outlet}.example/artikel/{}", self.n)),
            title: Some(self.sentence()),
            text: sentences.join(" "),
            outlet: Some(format!("Krant {outlet}")),
            authors: Vec::new(),
            section: None,
            tags: Vec::new(),
            language: None,
            published: Some(StatedDate {
                at: self.now(),
                precision: Precision::Second,
                is_zone_assumed: false,
            }),
            modified: None,
        };
        self.n += 1;
        article
    }
}
