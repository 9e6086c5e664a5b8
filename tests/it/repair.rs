//! Gaps, looked up elsewhere: in the outlet's news sitemap, in its other feeds, on older pages.

use std::io::Write as _;
use std::ops::Range;

use flate2::Compression;
use flate2::write::GzEncoder;
use rusqlite::Connection;
use serde_json::json;

use crate::news::{Item, item, news_sitemap, rss};
use crate::pages::{page, paragraphs};
use crate::program::Program;
use crate::web::{Route, Web};

const STATES: &str = "SELECT state FROM coverage WHERE state IN ('suspected', 'repaired')";

/// An item that appeared in minute `number` of a Monday in 2022.
fn dated(number: usize) -> Item {
    let (hour, minute) = (8 + number / 60, number % 60);
    let published = Some(format!("Mon, 14 Feb 2022 {hour:02}:{minute:02}:00 +0100"));
    Item { published, ..item(number) }
}

/// The items of these numbers, newest first.
fn newest_first(numbers: Range<usize>) -> Vec<Item> {
    numbers.rev().map(dated).collect()
}

fn feed(numbers: Range<usize>) -> Route {
    Route { has_validators: true, ..Route::document(rss(&newest_first(numbers))) }
}

/// Whether all items of these numbers are archived, each once.
#[track_caller]
fn check_archived(program: &Program, numbers: Range<usize>) {
    for number in numbers {
        let Item { link, title, .. } = dated(number);
        let count = format!("SELECT count(*), max(title) FROM articles WHERE url = '{link}'");
        assert_eq!(program.rows(&count), [format!("1|{title}")], "{number}");
    }
}

/// A web with the feed at two times, a window of 20 apart, and whatever `set` adds to it.
fn jumped(set: impl Fn(&Web)) -> (Web, Program) {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    web.set("/rss", feed(0..20));
    program.poll_all();
    set(&web);
    web.set("/rss", feed(30..50));
    program.poll_all();
    (web, program)
}

fn robots(web: &Web, sitemap: &str) -> Route {
    Route::document(format!("User-agent: *\nDisallow: /prive\nSitemap: {}\n", web.url(sitemap)))
}

#[test]
fn what_fell_into_a_gap_is_found_in_the_news_sitemap() {
    let (web, program) = jumped(|web| {
        web.set("/robots.txt", robots(web, "/nieuws.xml"));
        let sitemap = news_sitemap(&newest_first(0..50));
        // It lists another paper of the same group as well.
        let others = news_sitemap(&newest_first(21..24)).replace("dijkbode.example", "krant.test");
        let (_, others) = others.split_once("<url>").unwrap();
        let both = sitemap.replace("</urlset>", &format!("<url>{others}"));
        web.set("/nieuws.xml", Route::document(both));
    });
    check_archived(&program, 0..50);
    let gap = json!({
        "feed": "dijkbode", "from": "2022-02-14T07:19:00Z", "to": "2022-02-14T07:30:00Z",
        "state": "repaired", "repaired_by": format!("sitemap {}", web.url("/nieuws.xml")),
    });
    assert_eq!(program.json(&["gaps"]), json!([gap]));
    assert_eq!(program.run(&["gaps", "--fail"]).code, 0);
    // With its origin, and nothing twice.
    let origin = format!("sitemap|{}", web.url("/nieuws.xml"));
    let found = program.rows("SELECT source, url FROM findings");
    assert_eq!(found, vec![origin; 10]);
    assert_eq!(program.rows("SELECT count(*) FROM articles WHERE source = 'sitemap'"), ["10"]);
    assert_eq!(
        program.rows(
            "SELECT published FROM articles WHERE source = 'sitemap' AND url LIKE '%1200020%'"
        ),
        ["2022-02-14T07:20:00Z"]
    );
    assert_eq!(program.found(&["--outlet", "De Dijkbode"]).len(), 50);
    // Once is enough.
    let n_asked = web.asked_for("/nieuws.xml").len();
    program.poll_all();
    assert_eq!((n_asked, web.asked_for("/nieuws.xml").len()), (1, 1));
    // The feed lists one of them after all: its text is a revision.
    web.set("/rss", feed(25..50));
    program.poll_all();
    let link = dated(27).link;
    let count = format!("SELECT revision, words > 5 FROM articles WHERE url = '{link}'");
    assert_eq!(program.rows(&count), ["2|1"]);
}

#[test]
fn a_sitemap_with_other_addresses_doubles_nothing() {
    let (_web, program) = jumped(|web| {
        web.set("/robots.txt", robots(web, "/nieuws.xml"));
        let sitemap = news_sitemap(&newest_first(0..50)).replace("/nieuws/", "/artikel/");
        web.set("/nieuws.xml", Route::document(sitemap));
    });
    assert_eq!(
        program.rows("SELECT count(*), count(DISTINCT title || published) FROM articles"),
        ["50|50"]
    );
    assert_eq!(program.rows("SELECT count(*) FROM articles WHERE source = 'sitemap'"), ["10"]);
}

#[test]
fn a_sitemap_whose_clock_is_off_is_looked_through_at_its_own_time() {
    let shifted = |zone: &str, items: &[Item]| news_sitemap(items).replace("+0100", zone);
    for zone in ["+0000", "+0200"] {
        let (_web, program) = jumped(|web| {
            web.set("/robots.txt", robots(web, "/nieuws.xml"));
            web.set("/nieuws.xml", Route::document(shifted(zone, &newest_first(0..50))));
        });
        check_archived(&program, 0..50);
        assert_eq!(program.rows(STATES), ["repaired"], "{zone}");
        // And it is dated by the clock of the feed.
        let dated = "SELECT published FROM articles WHERE url LIKE '%1200020%'";
        assert_eq!(program.rows(dated), ["2022-02-14T07:20:00Z"], "{zone}");
    }
    // What is days off is no date of publication, and proves nothing.
    let (_web, program) = jumped(|web| {
        web.set("/robots.txt", robots(web, "/nieuws.xml"));
        let other_days = news_sitemap(&newest_first(0..50)).replace("14 Feb", "4 Feb");
        web.set("/nieuws.xml", Route::document(other_days));
    });
    let gap = program.rows("SELECT state, result FROM repairs");
    assert!(gap[0].starts_with("suspected|") && gap[0].contains("otherwise"), "{gap:?}");
}

#[test]
fn the_page_of_an_article_that_was_found_is_read_too() {
    let web = Web::start();
    let here = |numbers: Range<usize>| -> Vec<Item> {
        let here = |item: Item| {
            let link = item.link.replace("https://dijkbode.example", &web.url(""));
            Item { link, ..item }
        };
        newest_first(numbers).into_iter().map(here).collect()
    };
    // Where the feed announces them itself, it has them whole.
    let long = |mut item: Item| {
        item.text = format!("{} {}", item.text, "De brug gaat weer open. ".repeat(100));
        item
    };
    let feed =
        |numbers| Route::document(rss(&here(numbers).into_iter().map(long).collect::<Vec<_>>()));
    let program = Program::with_pages(&web.url("/rss"));
    web.set("/rss", feed(0..20));
    program.poll_all();
    let missed = here(24..25).remove(0);
    let path = missed.link.strip_prefix(&web.url("")).unwrap().to_owned();
    web.set(&path, Route::document(page(&missed.title, &paragraphs(), 0)));
    web.set("/robots.txt", robots(&web, "/nieuws.xml"));
    web.set("/nieuws.xml", Route::document(news_sitemap(&here(0..50))));
    web.set("/rss", feed(30..50));
    program.poll_all();
    let words = "SELECT source, words > 100, access FROM articles WHERE url = :url";
    let words = words.replace(":url", &format!("'{}'", missed.link));
    assert_eq!(program.rows(&words), ["page|1|full"]);
    let revisions = "SELECT source FROM revisions WHERE id IN (SELECT id FROM findings)
        GROUP BY id HAVING count(*) = 2";
    assert_eq!(program.rows(revisions).len(), 1);
    assert_eq!(web.asked_for(&path).len(), 1);
    // Those that the feed announced with their text are not asked for.
    let is_page = |path: &str| path.starts_with("/nieuws/");
    assert_eq!(web.asked().iter().filter(|asked| is_page(&asked.path)).count(), 10);
}

#[test]
fn a_sitemap_that_does_not_list_what_the_feed_lists_proves_nothing() {
    let listed = |numbers: &[usize]| {
        let items: Vec<Item> = numbers.iter().rev().map(|number| dated(*number)).collect();
        Route::document(news_sitemap(&items))
    };
    let all: Vec<usize> = (0..50).collect();
    let without_one: Vec<usize> = (0..50).filter(|number| *number != 33).collect();
    for (numbers, why) in [
        (&all[19..30], "lists nothing from after the gap"),
        (&all[25..], "does not reach back before the gap"),
        (&without_one[..], "lacks 1 of "),
    ] {
        let (_web, program) = jumped(|web| {
            web.set("/robots.txt", robots(web, "/nieuws.xml"));
            web.set("/nieuws.xml", listed(numbers));
        });
        // What it has is archived all the same.
        check_archived(&program, 25..30);
        assert_eq!(program.rows(STATES), ["suspected"]);
        let result = program.rows("SELECT tries, next_try IS NOT NULL, result FROM repairs");
        assert!(result[0].starts_with("1|1|sitemap http") && result[0].contains(why), "{result:?}");
    }
}

#[test]
fn an_index_leads_to_the_sitemap_that_matters_packed_or_not() {
    let (web, program) = jumped(|web| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(news_sitemap(&newest_first(10..50)).as_bytes()).unwrap();
        let child = |path: &str, changed: &str| {
            format!("<sitemap><loc>{}</loc><lastmod>{changed}</lastmod></sitemap>", web.url(path))
        };
        let index = format!(
            "<sitemapindex>{}{}{}</sitemapindex>",
            child("/archief-2009.xml", "2009-12-31"),
            child("/paginas.xml", "2022-02-14"),
            child("/nieuws.xml.gz", "2022-02-14T10:00:00+01:00"),
        );
        web.set("/robots.txt", robots(web, "/index.xml"));
        web.set("/index.xml", Route::document(index));
        web.set("/nieuws.xml.gz", Route::document(packed.finish().unwrap()));
    });
    check_archived(&program, 0..50);
    assert_eq!(program.rows(STATES), ["repaired"]);
    let others = ["/archief-2009.xml", "/paginas.xml"].map(|path| web.asked_for(path).len());
    assert_eq!(others, [0, 0]);
}

#[test]
fn another_feed_of_the_outlet_that_was_followed_is_proof_enough() {
    for (all, state) in [(10..50, "repaired"), (21..50, "suspected")] {
        let web = Web::start();
        let program = Program::new();
        program.list(&[("dijkbode", &web.url("/rss")), ("dijkbode-alles", &web.url("/alles"))]);
        web.set("/rss", feed(0..20));
        web.set("/alles", feed(all.start..30));
        program.poll_all();
        // As if the other had been followed since before the news of this test.
        let archive = Connection::open(program.archive("archive.db")).unwrap();
        archive.execute("UPDATE stretch SET from_at = 0 WHERE feed_id = 2", []).unwrap();
        drop(archive);
        web.set("/rss", feed(30..50));
        web.set("/alles", feed(all));
        program.poll_all();
        check_archived(&program, 21..50);
        let gaps = program.json(&["gaps"]);
        assert_eq!(gaps[0]["state"], json!(state));
        if state == "repaired" {
            assert_eq!(gaps[0]["repaired_by"], json!("feed dijkbode-alles"));
            assert!(web.asked_for("/robots.txt").is_empty());
        }
    }
}

#[test]
fn the_sitemap_of_each_feed_of_an_outlet_is_read_whichever_comes_first() {
    let web = Web::start();
    let program = Program::new();
    let feed_table = |name: &str, more: &str| {
        format!(
            "[[feed]]\nname = \"{name}\"\nurl = \"{}\"\noutlet = \"Dijkbode\"\nfulltext = \"off\"\n{more}\n",
            web.url(&format!("/{name}"))
        )
    };
    let sitemap = format!("sitemap = \"{}\"\n", web.url("/nieuws.xml"));
    let list = [feed_table("west", ""), feed_table("oost", &sitemap)].concat();
    std::fs::write(program.config("feeds.toml"), list).unwrap();
    web.set("/nieuws.xml", Route::document(news_sitemap(&newest_first(0..50))));
    for numbers in [0..20, 30..50] {
        for name in ["/west", "/oost"] {
            web.set(name, feed(numbers.clone()));
        }
        program.poll_all();
    }
    check_archived(&program, 21..50);
    let states = program.rows("SELECT DISTINCT state FROM coverage WHERE state <> 'complete'");
    assert_eq!(states, ["repaired"]);
}

/// A page of a feed, with the path of the next one.
fn older(web: &Web, numbers: Range<usize>, next: Option<&str>) -> Route {
    paged(web, &newest_first(numbers), next)
}

fn paged(web: &Web, items: &[Item], next: Option<&str>) -> Route {
    let atom = "xmlns:atom=\"http://www.w3.org/2005/Atom\"";
    let link = |path| format!("<atom:link {atom} rel=\"next\" href=\"{}\"/>", web.url(path));
    let link = next.map(link).unwrap_or_default();
    let document = rss(items);
    Route::document(document.replace("<language>", &format!("{link}<language>")))
}

#[test]
fn a_backfill_that_broke_off_goes_on_where_it_was() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    web.set("/rss", older(&web, 60..80, Some("/rss?p=2")));
    web.set("/rss?p=2", older(&web, 40..60, Some("/rss?p=3")));
    web.set("/rss?p=3", Route::error(503));
    web.set("/rss?p=4", older(&web, 0..20, None));
    program.poll_all();
    let since = ["backfill", "dijkbode", "--since", "2022-02"];
    let ran = program.run(&since);
    assert_eq!(ran.code, 6, "{ran:?}");
    check_archived(&program, 40..80);
    web.set("/rss?p=3", older(&web, 20..40, Some("/rss?p=4")));
    let ran = program.run(&since);
    assert_eq!(
        (ran.code, ran.stderr.lines().last()),
        (0, Some("40 found, 40 new; 0 of 0 gaps repaired"))
    );
    check_archived(&program, 0..80);
    let n_asked = ["/rss?p=2", "/rss?p=3", "/rss?p=4"].map(|path| web.asked_for(path).len());
    assert_eq!(n_asked, [1, 2, 1]);
    // Not further back than asked.
    assert_eq!(program.run(&["backfill", "dijkbode", "--since", "2022-02-15"]).code, 0);
    assert_eq!(web.asked_for("/rss?p=3").len(), 2);
}

#[test]
fn older_pages_of_the_feed_are_walked_back_to_the_other_side() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    web.set("/rss", older(&web, 40..60, Some("/rss?p=2")));
    program.poll_all();
    web.set("/rss", older(&web, 80..100, Some("/rss?p=2")));
    web.set("/rss?p=2", older(&web, 60..80, Some("/rss?p=3")));
    web.set("/rss?p=3", older(&web, 40..60, Some("/rss?p=4")));
    web.set("/rss?p=4", older(&web, 20..40, None));
    program.poll_all();
    check_archived(&program, 40..100);
    let by = format!("archive {}", web.url("/rss?p=3"));
    assert_eq!(program.json(&["gaps"])[0]["repaired_by"], json!(by));
    // Not further than needed, and what was not asked for stays where it is.
    assert_eq!(web.asked_for("/rss?p=4").len(), 0);
    let archived = "SELECT count(*), count(DISTINCT feed) FROM revisions WHERE source = 'archive'";
    assert_eq!(program.rows(archived), ["20|1"]);

    // On demand, back to any day.
    let ran = program.run(&["backfill", "dijkbode", "--since", "2022-02-14"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    check_archived(&program, 20..100);
    assert_eq!(program.rows("SELECT count(*) FROM backfill"), ["0"]);
}

#[test]
fn an_entry_that_is_pinned_on_top_does_not_prove_that_older_pages_go_back_to_it() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    web.set("/rss", older(&web, 0..20, Some("/rss?p=2")));
    program.poll_all();
    let pinned = [vec![dated(19)], newest_first(60..80)].concat();
    web.set("/rss", paged(&web, &pinned, Some("/rss?p=2")));
    web.set("/rss?p=2", older(&web, 40..60, Some("/rss?p=3")));
    web.set("/rss?p=3", older(&web, 20..40, Some("/rss?p=4")));
    web.set("/rss?p=4", older(&web, 0..20, None));
    program.poll_all();
    check_archived(&program, 0..80);
    let by = format!("archive {}", web.url("/rss?p=4"));
    assert_eq!(program.json(&["gaps"])[0]["repaired_by"], json!(by));
}

#[test]
fn what_was_planned_for_a_gap_waits_for_no_clock_and_outlasts_a_pause() {
    let (web, program) = jumped(|_| {});
    assert_eq!(program.rows(STATES), ["suspected"]);
    web.set("/robots.txt", robots(&web, "/nieuws.xml"));
    web.set("/nieuws.xml", Route::document(news_sitemap(&newest_first(0..50))));
    let change = |sql: &str| {
        let archive = Connection::open(program.archive("archive.db")).unwrap();
        archive.execute_batch(sql).unwrap();
    };
    program.ok(&["feed", "pause", "dijkbode"]);
    change("UPDATE repair SET next_at = 1; DELETE FROM host_file;");
    program.ok(&["poll"]);
    assert_eq!(web.asked_for("/nieuws.xml").len(), 0);
    program.ok(&["feed", "resume", "dijkbode"]);
    // All of it was planned ten days ahead.
    change(
        "UPDATE repair SET next_at = unixepoch() + 864000, tried_at = unixepoch() + 864000;
         UPDATE poll_state SET last_poll_at = unixepoch() + 864000,
             last_success_at = unixepoch() + 864000;",
    );
    program.poll_all();
    assert_eq!(program.rows(STATES), ["repaired"]);
}

#[test]
fn robots_txt_is_obeyed_and_a_source_that_fails_is_asked_again_later() {
    let (web, program) = jumped(|web| {
        let rules =
            format!("User-agent: knipsel\nDisallow: /nieuws\nSitemap: {}", web.url("/nieuws.xml"));
        web.set("/robots.txt", Route::document(rules));
        web.set("/nieuws.xml", Route::document(news_sitemap(&newest_first(0..50))));
    });
    assert_eq!(web.asked_for("/nieuws.xml").len(), 0);
    let result = program.rows("SELECT state, tries, result FROM repairs");
    assert!(
        result[0].contains("suspected|1|") && result[0].contains("robots.txt forbids it"),
        "{result:?}"
    );
    // Due later, not at the next poll.
    program.poll_all();
    assert_eq!(program.rows("SELECT tries FROM repairs"), ["1"]);
    // The owner names another sitemap, which is down, and then up.
    web.set("/robots.txt", Route::error(404));
    let list = std::fs::read_to_string(program.config("feeds.toml")).unwrap();
    let list = format!("{list}sitemap = \"{}\"\n", web.url("/kaart"));
    std::fs::write(program.config("feeds.toml"), list).unwrap();
    web.set("/kaart", Route::error(500));
    let ran = program.run(&["backfill", "dijkbode"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.stderr.contains("/kaart failed: 500"), "{ran:?}");
    web.set("/kaart", Route::document(news_sitemap(&newest_first(0..50))));
    let summary = program.json(&["backfill", "dijkbode"]);
    let documents = json!([{ "url": web.url("/kaart"), "listed": 50, "new": 10, "error": null }]);
    assert_eq!(summary["documents"], documents);
    assert_eq!(summary["gaps"][0]["state"], json!("repaired"));
    let numbers = ["found", "new", "repaired"].map(|key| summary[key].as_u64());
    assert_eq!(numbers[1..], [Some(10), Some(1)]);
    check_archived(&program, 0..50);
    assert_eq!(
        program.run(&["backfill", "dijkbode"]).stderr,
        "0 found, 0 new; 0 of 0 gaps repaired\n"
    );
}

#[test]
fn backfill_says_what_it_cannot() {
    let (_web, program) = jumped(|_| {});
    let ran = program.run(&["backfill", "dijkbod"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("did you mean `dijkbode`?"), "{ran:?}");
    assert_eq!(program.run(&["backfill", "dijkbode", "--since", "ooit"]).code, 2);
    let ran = program.run(&["backfill", "dijkbode"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @"
    FROM              TO                STATE      REPAIRED BY
    2022-02-14 08:19  2022-02-14 08:30  suspected  -
    ");
    insta::assert_snapshot!(ran.stderr, @"
    2022-02-14 08:19 to 2022-02-14 08:30: no news sitemap, no older pages and no other feed to look it up in
    0 found, 0 new; 0 of 1 gaps repaired
    ");
}

#[test]
fn the_daemon_looks_up_gaps_by_itself() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    web.set("/robots.txt", robots(&web, "/nieuws.xml"));
    web.set("/nieuws.xml", Route::document(news_sitemap(&newest_first(0..50))));
    web.set("/rss", feed(0..20));
    let ceilings = ["poll.ceiling=1s", "poll.ceiling_quiet=1s", "poll.ceiling_very_quiet=1s"];
    let arguments = ceilings.map(|ceiling| ["--set", ceiling]).concat();
    let mut daemon = program.daemon(&arguments);
    daemon.wait_for("20 new");
    web.set("/rss", feed(30..50));
    daemon.wait_for("is repaired by sitemap");
    daemon.signal("TERM");
    assert!(daemon.wait().success());
    check_archived(&program, 0..50);
}

#[test]
fn hostile_sources_cost_nothing_but_themselves() {
    for body in [
        "<urlset>".to_owned() + &"<url><loc>".repeat(50_000),
        "<sitemapindex>".to_owned() + &"<sitemap><loc>/zelf.xml</loc></sitemap>".repeat(1000),
        news_sitemap(&newest_first(0..50)).replace("/nieuws/", "\u{1b}[31m/nieuws/"),
        "\u{0}\u{1}".repeat(10_000),
    ] {
        let (web, program) = jumped(|web| {
            web.set("/robots.txt", robots(web, "/nieuws.xml"));
            web.set("/nieuws.xml", Route::document(body.clone()));
        });
        assert!(web.asked().len() < 15, "{}", web.asked().len());
        let ran = program.run(&["backfill", "dijkbode"]);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
        assert_eq!(program.rows("SELECT count(*) FROM articles WHERE source = 'feed'"), ["40"]);
    }
}
