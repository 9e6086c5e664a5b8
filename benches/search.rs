//! What searching costs: cutting a text into words, indexing articles, finding them again.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run has nothing to measure")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use knipsel::index::Document;
use knipsel::index::search::{Page, Searcher, Sort};
use knipsel::index::writer::Writer;
use knipsel::language::Analyzer;
use knipsel::language::mark::Marker;
use knipsel::language::wanted::readings;
use knipsel::model::closeness::Closeness;
use knipsel::query::{self, Filter};
use tempfile::TempDir;

/// Written for this bench, in the manner of a news report.
const REPORT: &str = "\
De gemeenteraad van het stadje aan de rivier heeft dinsdagavond na een debat van ruim vijf uur \
ingestemd met de bouw van driehonderd woningen op het oude fabrieksterrein. \
Zo'n drie jaar geleden leek het plan nog onhaalbaar, maar de provincie zegde onlangs alsnog geld \
toe voor het schoonmaken van de vervuilde grond. \"We hebben hier lang op gewacht\", zei de \
burgemeester na afloop, \"en de mensen die al jaren op de wachtlijst staan nog veel langer.\"

De oppositie vindt dat het college te snel beslist. Fractievoorzitter De Wit wees erop dat er \
nog geen antwoord is op de vraag hoe het verkeer van en naar de wijk moet rijden. De enige \
brug over het kanaal is volgens een rapport van ingenieurs 's ochtends al overbelast, en een \
nieuwe brug komt er op z'n vroegst over zes jaar. Ook de D66-fractie had twijfels, maar stemde \
uiteindelijk voor nadat de wethouder beloofde dat er eerst een busverbinding komt.

Omwonenden kondigden aan naar de rechter te stappen. Zij vrezen dat hun huizen schade oplopen \
door het heien, zoals bij een eerder project in de binnenstad gebeurde. Toen kregen veertig \
eigenaren een vergoeding, maar pas na een procedure van vier jaar. De gemeente zegt dat er dit \
keer wordt geschroefd in plaats van geheid, en dat er vooraf foto's van alle gevels worden \
gemaakt. Een onafhankelijk bureau houdt tijdens de werkzaamheden trillingen in de gaten.

Van de woningen is een derde bedoeld voor sociale huur en een derde voor middeninkomens. De \
rest wordt verkocht, deels aan mensen die zelf willen bouwen. De eerste bewoners kunnen er als \
alles meezit over drie jaar in. Daarvoor moeten nog wel de stikstofregels worden gehaald: het \
terrein ligt op nog geen twee kilometer van een beschermd natuurgebied, waar zeldzame orchideeën \
groeien. Een ecologe van de universiteit noemde de berekeningen van het college 'rijkelijk \
optimistisch', al sluit ze niet uit dat het met elektrische bouwmachines lukt.

Het besluit is opvallend omdat de raad twee jaar geleden nog een plan voor hetzelfde terrein \
verwierp. Destijds ging het om een distributiecentrum dat vierhonderd banen zou opleveren. Na \
protesten van boeren, winkeliers en ouders van de naastgelegen school trok de ondernemer zich \
terug. De grond kwam daarna in handen van een ontwikkelaar, die er volgens de jaarrekening \
elf miljoen euro voor betaalde en hem nu voor het dubbele aan de gemeente verkoopt. De \
rekenkamer kondigde aan dat zij die verkoop gaat onderzoeken; de uitkomst wordt voor de zomer \
verwacht. Tot die tijd wil de coöperatie die de huurwoningen gaat beheren geen contracten \
tekenen, liet de directeur weten. Café De Brug, waar het debat op een scherm te volgen was, \
zat tot na middernacht vol.

Ook elders in de regio wordt gezocht naar plekken om te bouwen. Twee buurgemeenten spraken vorige \
maand af samen een bedrijventerrein op te kopen, en het waterschap onderzoekt of een deel van de \
uiterwaarden kan worden opgehoogd. Een woordvoerder van de provincie noemt dat 'een plan voor de \
lange termijn' en benadrukt dat bestaande afspraken over veiligheid blijven gelden.";

const ARTICLES: i64 = 10_000;
const WORDS_PER_ARTICLE: usize = 240;

criterion_group!(benches, analyze, index, search);
criterion_main!(benches);

fn analyze(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("analyze");
    group.throughput(Throughput::Bytes(REPORT.len() as u64));
    let mut analyzer = Analyzer::remembering();
    group.bench_function("3 kB, warm", |bencher| {
        bencher.iter(|| n_words(&mut analyzer, black_box(REPORT)));
    });
    group.bench_function("3 kB, nothing remembered", |bencher| {
        bencher.iter(|| n_words(&mut Analyzer::default(), black_box(REPORT)));
    });
    let mut wanted = readings("woningen", Closeness::Wide);
    wanted.extend(readings("de raad", Closeness::Forms));
    let mut marker = Marker::new(wanted, Vec::new());
    group.bench_function("3 kB, marking", |bencher| {
        bencher.iter(|| marker.all(black_box(REPORT)));
    });
    group.finish();
}

fn n_words(analyzer: &mut Analyzer, text: &str) -> usize {
    let mut n = 0;
    let mut at = 0;
    while let Some(token) = analyzer.next(text, at) {
        at = token.end;
        n += token.folded.len();
    }
    n
}

fn index(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("index");
    group.throughput(Throughput::Elements(1000)).sample_size(10);
    group.measurement_time(Duration::from_secs(10));
    let articles: Vec<_> = (1..=1000).map(article).collect();
    group.bench_function("1,000 articles of 1.5 kB, one commit", |bencher| {
        bencher.iter_batched(
            || TempDir::new().unwrap(),
            |dir| {
                write(dir.path(), &articles);
                dir
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn search(criterion: &mut Criterion) {
    let dir = TempDir::new().unwrap();
    let articles: Vec<_> = (1..=ARTICLES).map(article).collect();
    write(dir.path(), &articles);
    let mut group = criterion.benchmark_group("search 10,000");
    group.bench_function("open, two words, newest 20", |bencher| {
        bencher.iter(|| find(&open(dir.path()), "woningen rechter", Sort::Newest));
    });
    let searcher = open(dir.path());
    for (name, text) in
        [("two words", "woningen rechter"), ("phrase", "\"de gemeente\""), ("all", "")]
    {
        for sort in [Sort::Newest, Sort::Relevance] {
            group.bench_function(format!("{name}, {sort:?}"), |bencher| {
                bencher.iter(|| find(&searcher, black_box(text), sort));
            });
        }
    }
    group.finish();
}

/// A headline and a text of words as common as they are in the report.
fn article(row: i64) -> (i64, String, String) {
    let words: Vec<_> = REPORT.split_whitespace().collect();
    let mut state = row.unsigned_abs();
    let mut next = || {
        // The generator of Knuth's MMIX; its high bits are random enough for a text.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    let mut text = String::new();
    for _ in 0..WORDS_PER_ARTICLE {
        let word = words[next() % words.len()];
        text.push_str(word);
        // One word in eight is rare, as names and compounds are.
        if next() % 8 == 0 {
            write!(text, "{:x}", next() % 50_000).unwrap();
        }
        text.push(' ');
    }
    let title = text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
    (row, title, text)
}

fn write(dir: &Path, articles: &[(i64, String, String)]) {
    let mut writer = Writer::open(dir).unwrap();
    let (authors, feeds) = (["Jan Bos".to_owned()], ["nos-algemeen".to_owned()]);
    let sections = ["Binnenland".to_owned()];
    for (row, title, text) in articles {
        let document = Document {
            article: *row,
            title,
            text,
            outlet: "NOS",
            sections: &sections,
            authors: &authors,
            language: "nl",
            feeds: &feeds,
            sort_at: 1_700_000_000 + row * 60,
            ..Document::default()
        };
        writer.put(&document).unwrap();
    }
    writer.commit(i64::try_from(articles.len()).unwrap()).unwrap();
    writer.close().unwrap();
}

fn open(dir: &Path) -> Searcher {
    Searcher::open(dir).unwrap().unwrap()
}

fn find(searcher: &Searcher, text: &str, sort: Sort) -> usize {
    let query = query::parse(text).unwrap();
    let page = Page { sort, limit: 20, offset: 0 };
    searcher.search(&query, &Filter::default(), &page).unwrap().total
}
