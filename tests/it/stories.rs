//! Near duplicates: which articles are one story, who was first, and that it stays so.

use std::fs;

use serde_json::json;

use crate::news::{items, rss};
use crate::program::{Program, until};
use crate::web::{Route, Web};

mod asking;

const WIRE: &str = "De nieuwe zeesluis bij Terneuzen gaat een half jaar later open dan gepland. \
    Dat heeft de aannemer dinsdag aan de provincie gemeld. Bij proeven in het voorjaar bleken twee \
    van de zestien deuren onder water niet goed te sluiten, waardoor zout water de haven in kan \
    lopen.\n\nDe reparatie kost volgens een eerste schatting elf miljoen euro. Wie dat betaalt, is \
    nog niet duidelijk. Gedeputeerde Marja Stok wil dat de aannemer de rekening krijgt.\n\n\
    Schippers varen tot die tijd om via de oude sluis, waar zij nu al drie uur wachten.";

const OTHER: &str = "In het Lauwersmeer zijn voor het eerst in twaalf jaar weer jonge zeearenden \
    uitgevlogen. Boswachters zagen de drie vogels zondagochtend boven het riet. De ouders bouwden \
    hun nest in maart in een populier die bij de storm van vorig jaar half was omgewaaid.";

/// Some outlets' articles as lines of JSON: outlet, time of day, headline, text.
fn lines(articles: &[(&str, &str, &str, &str)]) -> String {
    let line = |(outlet, at, title, text): &(&str, &str, &str, &str)| {
        let url = format!("https://{}.example/{}", outlet.to_lowercase(), title.replace(' ', "-"));
        let published = format!("2026-03-03T{at}:00+01:00");
        json!({ "outlet": outlet, "url": url, "published": published, "title": title, "text": text })
            .to_string()
    };
    articles.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn import(program: &Program, articles: &[(&str, &str, &str, &str)]) {
    fs::write(program.home().join("in.jsonl"), lines(articles)).unwrap();
    program.ok(&["import", "in.jsonl"]);
}

fn cut() -> &'static str {
    WIRE.split("\n\n").next().unwrap()
}

fn extended() -> String {
    format!("In Zeeland balen schippers: weer uitstel.\n\n{WIRE}\n\nDe bond wil een regeling.")
}

/// A story of three, and an article of its own.
fn archive() -> Program {
    let program = Program::new();
    import(
        &program,
        &[
            ("Zeeklei", "09:00", "Sluis later open", WIRE),
            ("Dijkbode", "10:30", "Weer uitstel sluis", &extended()),
            ("Havenpost", "11:00", "Zeesluis half jaar later", cut()),
            ("Dijkbode", "12:00", "Zeearenden uitgevlogen", OTHER),
        ],
    );
    program
}

const STORIES: &str = "SELECT title, coalesce(story_id, '-') FROM articles ORDER BY article_rowid";

#[test]
fn copies_of_three_outlets_are_one_story_named_after_the_first() {
    let program = archive();
    let first = program.rows("SELECT id FROM articles WHERE title = 'Sluis later open'").remove(0);
    let expected = [
        format!("Sluis later open|{first}"),
        format!("Weer uitstel sluis|{first}"),
        format!("Zeesluis half jaar later|{first}"),
        "Zeearenden uitgevlogen|-".to_owned(),
    ];
    assert_eq!(program.rows(STORIES), expected);
    let stories = "SELECT id, title, first_outlet, articles, outlets, first, last FROM stories";
    let expected =
        format!("{first}|Sluis later open|Zeeklei|3|3|2026-03-03T08:00:00Z|2026-03-03T10:00:00Z");
    assert_eq!(program.rows(stories), [expected]);
}

#[test]
fn links_say_how_much_each_keeps_of_the_other() {
    let links = archive().rows(
        "SELECT a.outlet, b.outlet, round(l.kept, 1), round(l.kept_other, 1)
         FROM story_links AS l
         JOIN articles AS a USING (id)
         JOIN articles AS b ON b.id = l.other
         ORDER BY 1, 2",
    );
    let expected =
        ["Dijkbode|Zeeklei|0.9|1", "Havenpost|Dijkbode|1|0.5", "Havenpost|Zeeklei|1|0.5"];
    assert_eq!(links, expected);
}

#[test]
fn stories_are_the_same_when_they_are_worked_out_anew() {
    let program = archive();
    let before = program.rows(STORIES);
    let ran = program.run(&["recluster"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "compared 4 articles: 1 stories\n"));
    assert_eq!(program.rows(STORIES), before);
    assert_eq!(program.rows("SELECT count(*) FROM story_former"), ["0"]);
}

#[test]
fn an_article_that_joins_two_stories_keeps_the_older_name() {
    let program = Program::new();
    let last = WIRE.rsplit_once("\n\nDe reparatie").unwrap().1;
    let (top, end) = (cut(), format!("De reparatie{last}"));
    import(
        &program,
        &[
            ("Zeeklei", "09:00", "Deuren lekken", top),
            ("Havenpost", "09:10", "Elf miljoen", &end),
            ("Dijkbode", "09:20", "Deuren", top),
            ("Polderkoers", "09:30", "Rekening", &end),
        ],
    );
    assert_eq!(program.rows("SELECT count(*) FROM stories"), ["2"]);
    import(&program, &[("Stadsblad", "10:00", "Alles", WIRE)]);
    let rows = program.rows("SELECT id = first_article, title, articles FROM stories");
    assert_eq!(rows, ["1|Deuren lekken|5"]);
    assert_eq!(program.rows("SELECT count(DISTINCT story_id) FROM articles"), ["1"]);
}

#[test]
fn a_month_later_the_same_text_is_another_story() {
    let program = archive();
    let later = lines(&[("Weekkrant", "09:00", "Terugblik", WIRE)]).replace("03-03T", "05-03T");
    fs::write(program.home().join("later.jsonl"), later).unwrap();
    program.ok(&["import", "later.jsonl"]);
    let story = "SELECT story_id IS NULL FROM articles WHERE title = 'Terugblik'";
    assert_eq!(program.rows(story), ["1"]);
}

#[test]
fn a_revision_is_compared_again_and_leaves_no_trace_of_the_old_text() {
    let program = Program::new();
    import(
        &program,
        &[("Zeeklei", "09:00", "Sluis later open", WIRE), ("Dijkbode", "09:30", "Live", OTHER)],
    );
    assert_eq!(program.rows("SELECT count(*) FROM stories"), ["0"]);
    import(&program, &[("Dijkbode", "09:30", "Live", WIRE)]);
    assert_eq!(program.rows("SELECT articles FROM stories"), ["2"]);
    // Nothing of the former text finds it any more.
    let count = "SELECT article_id, count(*) FROM shingle GROUP BY 1";
    let rows = program.rows(count);
    let counts: Vec<&str> = rows.iter().map(|row| row.split('|').nth(1).unwrap()).collect();
    assert_eq!(counts[0], counts[1]);
    import(&program, &[("Havenpost", "11:00", "Arenden", OTHER)]);
    assert_eq!(program.rows("SELECT articles FROM stories"), ["2"]);
}

#[test]
fn captures_of_one_live_blog_are_revisions_of_one_article() {
    let program = Program::new();
    let captures = ["08:00 Begonnen.", "09:00 Meer. 08:00 Begonnen.", "10:00 Slot. 09:00 Meer."];
    for (with, value) in [("id", "2497001"), ("url", "https://zeeklei.example/liveblog/2497001")] {
        let line = |(n, text): (usize, &&str)| {
            let title = format!("Live {n}");
            json!({ with: value, "outlet": with, "title": title, "text": text }).to_string()
        };
        let written: Vec<String> = captures.iter().enumerate().map(line).collect();
        fs::write(program.home().join("live.jsonl"), written.join("\n")).unwrap();
        program.ok(&["import", "live.jsonl"]);
    }
    let rows = program.rows("SELECT outlet, revision, title FROM articles ORDER BY 1");
    assert_eq!(rows, ["id|3|Live 2", "url|3|Live 2"]);
}

#[test]
fn a_poll_and_a_daemon_make_stories_too() {
    let web = Web::start();
    let copy = |title: &str| {
        let item = |(title, text): (&str, &str)| {
            format!(
                "<item><title>{title}</title><link>https://{title}.example/1</link>\
                 <description>{text}</description></item>"
            )
        };
        format!(
            "<rss version=\"2.0\"><channel><title>x</title>{}</channel></rss>",
            item((title, WIRE))
        )
    };
    web.set("/a", Route::document(copy("zeeklei")));
    web.set("/b", Route::document(copy("dijkbode")));
    let program = Program::new();
    program.list(&[("a", &web.url("/a")), ("b", &web.url("/b"))]);
    program.poll_all();
    assert_eq!(program.rows("SELECT articles FROM stories"), ["2"]);
    web.set("/c", Route::document(copy("havenpost")));
    web.set("/d", Route::document(rss(&items(0..3))));
    program.list(&[("c", &web.url("/c")), ("d", &web.url("/d"))]);
    let daemon = program.daemon(&[]);
    until("the third copy in the story", || {
        (program.rows("SELECT articles FROM stories") == ["3"]).then_some(())
    });
    drop(daemon);
}
