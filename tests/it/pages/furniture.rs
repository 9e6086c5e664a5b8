//! Five hundred readings again of pages on which everything changes but the article, and now and then
//! the article: each edit is counted once, and nothing else is.

use std::fmt::Write as _;

use crate::news::{Item, item, rss};
use crate::pages::{AT_ONCE, page};
use crate::program::{Program, until};
use crate::web::{Route, Web};

const ARTICLES: usize = 25;

/// How often each page is read after the first time.
const AGAIN: usize = 20;

/// What an editor does to an article.
#[derive(Debug, Clone, Copy)]
enum Edit {
    Headline,
    /// One word of a paragraph.
    Word,
    /// A number, and nothing but a number.
    Number,
    Added,
    Removed,
    Author,
}

/// Article, reading before which it is edited, and how. Some articles are edited twice or in two
/// readings in a row, most are never.
const EDITS: [(usize, usize, Edit); 12] = [
    (0, 3, Edit::Word),
    (0, 4, Edit::Number),
    (3, 10, Edit::Headline),
    (6, 7, Edit::Added),
    (6, 15, Edit::Word),
    (9, 20, Edit::Removed),
    (11, 12, Edit::Number),
    (12, 2, Edit::Author),
    (16, 1, Edit::Headline),
    (18, 9, Edit::Removed),
    (20, 18, Edit::Added),
    (24, 5, Edit::Word),
];

impl Edit {
    /// What `revisions` says was changed.
    fn field(self) -> &'static str {
        match self {
            Self::Headline => "title",
            Self::Author => "authors",
            _ => "text",
        }
    }
}

/// An article as it stands on its page.
#[derive(Debug, Clone)]
struct Story {
    title: String,
    author: &'static str,
    paragraphs: Vec<String>,
}

impl Story {
    /// The article number `n` as first published.
    fn new(n: usize) -> Self {
        const PLACES: [&str; 5] = ["Winsum", "Terneuzen", "Horst", "Lochem", "Bergeijk"];
        const WHAT: [&str; 5] =
            ["de veerpont", "het zwembad", "de bibliotheek", "de muziekschool", "de sporthal"];
        let (place, what) = (PLACES[n % 5], WHAT[n / 5]);
        let (first, second) = (PLACES[(n + 1) % 5], WHAT[(n / 5 + 2) % 5]);
        let paragraphs = vec![
            format!(
                "De gemeente {place} wil {what} met ingang van het nieuwe jaar sluiten. Dat staat \
                 in een voorstel waarover de raad volgende week vergadert, en waarvan deze krant \
                 een afschrift heeft."
            ),
            format!(
                "Volgens de wethouder kost {what} elk jaar {} euro, meer dan {place} kan missen. \
                 Alleen in {first} betaalt een gemeente nog zoveel, en daar is het gebouw nieuw.",
                40_000 + n * 1_700
            ),
            format!(
                "‘Wie in {place} woont, weet dat er jaren niets aan is gedaan’, zegt een vrouw die \
                 er dertig jaar werkte. ‘Nu heet het dat {what} te duur is geworden.’"
            ),
            format!(
                "De raad van {first} besloot vorig jaar hetzelfde over {second}. Daar namen de \
                 gebruikers het over, en sindsdien is het er drukker dan in al die jaren ervoor."
            ),
            format!(
                "Een besluit over {what} valt niet voor maart. Tot die tijd blijft in {place} alles \
                 zoals het is, zegt een woordvoerder, ook op zaterdag."
            ),
        ];
        Self { title: format!("{place} wil af van {what}"), author: "Tjitske Wagenaar", paragraphs }
    }

    fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Headline => self.title.insert_str(0, "Raad verdeeld: "),
            Edit::Word => {
                self.paragraphs[0] = self.paragraphs[0].replace("afschrift", "kopie");
            }
            Edit::Number => {
                self.paragraphs[1] = self.paragraphs[1].replace("00 euro", "50 euro");
            }
            Edit::Added => self.paragraphs.insert(
                3,
                "Een inzamelingsactie van oud-leerlingen leverde sinds zondag zesduizend euro op, \
                 genoeg voor een maand stookkosten."
                    .to_owned(),
            ),
            Edit::Removed => drop(self.paragraphs.remove(2)),
            Edit::Author => self.author = "Onno Scheltema",
        }
    }

    /// As it stands after all edits up to reading `visit`.
    fn at(n: usize, visit: usize) -> Self {
        let mut story = Self::new(n);
        for (_, _, edit) in EDITS.iter().filter(|(article, at, _)| *article == n && *at <= visit) {
            story.edit(*edit);
        }
        story
    }

    /// Its page at reading `visit`, in one of five templates.
    fn page(&self, template: usize, visit: usize) -> String {
        let Self { title, author, paragraphs } = self;
        let mut body = String::new();
        for (at, paragraph) in paragraphs.iter().enumerate() {
            let _ = writeln!(body, "<p>{paragraph}</p>{}", between(template, at, visit));
        }
        let (list, id) = (most_read(visit), visit * 7_919 % 10_007);
        let n_read = 1_000 + visit * 37;
        let around = match template {
            0 => format!(
                "<main><article><h1>{title}</h1><p class=\"byline\">Door {author}</p><p \
                 class=\"leestijd\">Leestijd: {} min</p>{body}<p>Dit artikel is {n_read} keer \
                 gelezen</p></article><section class=\"meest-gelezen\"><h2>Meest \
                 gelezen</h2><ol>{list}</ol></section></main>",
                2 + visit % 4
            ),
            1 => format!(
                "<div class=\"css-{id:x}\"><h1>{title}</h1><span class=\"author\">{author}</span> \
                 <time>{} minuten geleden</time><div class=\"css-{id:x} text\">{body}</div>\
                 <div class=\"reacties\"><a href=\"#r\">{} reacties</a></div></div><div \
                 class=\"sidebar\"><h3>Nu populair</h3><ul>{list}</ul></div>",
                5 + visit * 10,
                visit * 3
            ),
            2 => format!(
                "<article data-id=\"{id}\"><header><h1>{title}</h1><address>{author}</address>\
                 <p>Bijgewerkt om {:02}:{:02}</p></header>{body}<p>{n_read} mensen lezen dit nu</p>\
                 <aside><h2>Lees ook</h2><ul>{list}</ul></aside></article>",
                8 + visit / 4,
                visit * 13 % 60
            ),
            3 => format!(
                "<main><div class=\"content\"><h1>{title}</h1><div class=\"byline\">{author}</div>\
                 {body}<h2>Meest gelezen</h2><ol>{list}</ol><p class=\"promo\">Nog {} dagen: lees \
                 een maand voor {} euro.</p></div></main>",
                30 - visit,
                1 + visit % 3
            ),
            _ => format!(
                "<main id=\"m{id}\"><article class=\"story\"><h1>{title}</h1><p \
                 class=\"author\">{author}</p>{body}<div class=\"delen\">{} keer gedeeld</div>\
                 </article></main><div class=\"beurs\">AEX {},{:02}</div>",
                visit * 5,
                880 + visit % 9,
                visit * 17 % 100
            ),
        };
        let date = format!("2026-03-02T{:02}:{:02}:00+01:00", 9 + visit / 6, visit * 7 % 60);
        format!(
            "<!doctype html><html lang=\"nl\"><head><title>{title} - De Dijkbode</title><meta \
             property=\"og:type\" content=\"article\"><meta property=\"og:title\" \
             content=\"{title}\"><meta name=\"author\" content=\"{author}\"><script>var nonce = \
             {id}, shown = \"{date}\";</script></head><body><nav><a href=\"/\">Voorpagina</a> <a \
             href=\"/sport\">Sport</a> <span>{} graden</span></nav>{around}<footer>Heb je een tip? \
             Mail de redactie van De Dijkbode. Bezoekers nu: {}</footer></body></html>",
            4 + visit % 9,
            200 + visit * 3 % 977
        )
    }
}

/// What stands behind a paragraph at a visit: an advertisement here, another article there.
fn between(template: usize, at: usize, visit: usize) -> String {
    let other = item(visit * 5 + at + template).title;
    match (template + at + visit) % 5 {
        0 => format!(
            "<div class=\"ad-slot\"><p>Bestel vandaag nog en bespaar {visit} euro op je \
             abonnement.</p></div>"
        ),
        1 if at == 1 => {
            format!("<aside class=\"lees-ook\"><h3>Lees ook</h3><a href=\"/x\">{other}</a></aside>")
        }
        2 => format!("<div class=\"advertentie\"><span>Advertentie</span><a>{other}</a></div>"),
        3 if at == 2 => "<figure><img src=\"/a.jpg\"></figure>".to_owned(),
        _ => String::new(),
    }
}

fn most_read(visit: usize) -> String {
    let entry = |n: usize| {
        let other = item(visit * 3 + n * 2 + 40).title;
        format!("<li><a href=\"/nieuws/{}\">{other}</a></li>", visit + n)
    };
    (0..5).map(entry).collect()
}

/// The path of the page of article `n`.
fn path(n: usize) -> String {
    format!("/nieuws/12000{n:02}/x")
}

/// Source and change of each revision of article `n`, as it should be: from feed, from page, and then
/// its edits.
fn expected(n: usize) -> Vec<String> {
    let edits = EDITS.iter().filter(|(article, _, _)| *article == n);
    let edits = edits.map(|(_, _, edit)| format!("page|[\"{}\"]", edit.field()));
    ["feed|".to_owned(), "page|".to_owned()].into_iter().chain(edits).collect()
}

#[test]
fn in_five_hundred_readings_again_each_edit_is_counted_and_nothing_else() {
    let web = Web::start();
    let items: Vec<Item> = (0..ARTICLES)
        .map(|n| {
            let Story { title, paragraphs, author } = Story::new(n);
            let text = paragraphs[0].clone();
            Item { link: web.url(&path(n)), title, text, author: author.to_owned(), ..item(n) }
        })
        .collect();
    web.set("/rss", Route::document(rss(&items)));
    let program = Program::with_pages(&web.url("/rss"));
    for visit in 0..=AGAIN {
        for n in 0..ARTICLES {
            web.set(&path(n), Route::document(Story::at(n, visit).page(n % 5, visit)));
        }
        if visit > 0 {
            // A pass does not read again what was read in the second in which it began.
            let early = "SELECT count(*) FROM page WHERE next_page_at >= unixepoch()";
            until("all pages to be due", || (program.rows(early) == ["0"]).then_some(()));
        }
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    }
    for n in 0..ARTICLES {
        assert_eq!(web.asked_for(&path(n)).len(), 1 + AGAIN, "article {n}");
    }
    let outcomes =
        program.rows("SELECT outcome, sum(n) FROM page_fetches GROUP BY outcome ORDER BY outcome");
    let n_same = ARTICLES * AGAIN - EDITS.len();
    let n_edits = EDITS.len();
    assert_eq!(
        outcomes,
        [format!("changed|{n_edits}"), format!("read|{ARTICLES}"), format!("same|{n_same}")]
    );
    for n in 0..ARTICLES {
        let link = web.url(&path(n));
        let revisions = program.rows(&format!(
            "SELECT r.source, coalesce(r.changed, '') FROM revisions AS r \
             JOIN pages AS p ON p.id = r.id WHERE p.url = '{link}' ORDER BY r.revision"
        ));
        assert_eq!(revisions, expected(n), "article {n}");
        let last = Story::at(n, AGAIN).paragraphs.join("\n\n");
        let text = format!(
            "SELECT t.text FROM texts AS t JOIN pages AS p ON p.id = t.id WHERE p.url = '{link}' \
             ORDER BY t.revision DESC LIMIT 1"
        );
        let rows = program.json(&["sql", &text]);
        assert_eq!(rows[0]["text"].as_str(), Some(last.as_str()), "article {n}");
    }
}

#[test]
fn what_counts_on_every_page_of_an_outlet_is_no_edit_and_a_number_in_one_article_is() {
    const PAGES: usize = 12;
    let web = Web::start();
    let items: Vec<Item> = (0..PAGES)
        .map(|n| Item { link: web.url(&path(n)), title: Story::new(n).title, ..item(n) })
        .collect();
    web.set("/rss", Route::document(rss(&items)));
    let program = Program::with_pages(&web.url("/rss"));
    for visit in 0..3 {
        for n in 0..PAGES {
            let mut story = Story::new(n);
            if n == 0 && visit == 2 {
                story.edit(Edit::Number);
            }
            story.paragraphs.insert(2, format!("Nog {} dagen tot de verkiezingen.", 20 - visit));
            let html = page(&story.title, &story.paragraphs, 1);
            web.set(&path(n), Route::document(html));
        }
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    }
    let edits = "SELECT p.url, r.changed FROM revisions AS r JOIN pages AS p ON p.id = r.id \
                 WHERE r.source = 'page' AND r.changed != '[]'";
    assert_eq!(program.rows(edits), [format!("{}|[\"text\"]", web.url(&path(0)))]);
}
