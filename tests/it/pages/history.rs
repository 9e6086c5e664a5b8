//! What becomes of a page over time: each edit is a revision, and nothing else is.

use serde_json::json;

use crate::news::{Item, item, rss};
use crate::pages::{AT_ONCE, Outlet, page, paragraphs};
use crate::program::{Program, until};
use crate::web::{Route, Web};

/// The head of a page whose publisher says that it is not for everyone.
const PAID: &str = "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\
                    \"isAccessibleForFree\":\"False\"}</script></head>";

#[test]
fn the_list_of_revisions_is_what_happened() {
    let mut outlet = Outlet::new();
    let mut text = paragraphs();
    outlet.publish(&outlet.item.title.clone(), &text, 0);
    outlet.poll();
    assert_eq!(outlet.revisions(), ["feed||0", "page||0"]);
    let article = outlet.article();
    assert_eq!(article["access"], json!("full"));
    assert_eq!(article["text"], json!(text.join("\n\n")));

    // The headline, on the page and in the feed.
    let title = "Raad sluit zwembad Zuidlaren";
    outlet.item.title = title.to_owned();
    outlet.announce();
    outlet.publish(title, &text, 1);
    outlet.poll();
    outlet.poll();
    assert_eq!(outlet.revisions()[2..], ["feed|[\"title\"]|0"]);

    // The text, and then one letter of it.
    text[3] = "‘We horen straks een bedrag’, zegt voorzitter Harm Wolters nu.".to_owned();
    outlet.publish(title, &text, 2);
    outlet.poll();
    text[1] = text[1].replace("wethouder", "wethoudster");
    outlet.publish(title, &text, 3);
    outlet.poll();
    let edited = ["page|[\"text\"]|1", "page|[\"text\"]|1"];
    assert_eq!(outlet.revisions()[3..], edited);

    // A gate for a while: nothing of it is kept anywhere.
    let before = outlet.article();
    let gate = Route {
        status: 302,
        headers: vec![("location", outlet.web.url("/consent?callbackUrl=x"))],
        ..Route::default()
    };
    outlet.web.set("/nieuws/1200001/zwembad", gate);
    let wall = "<html><head><title>Cookie consent</title></head><body><h1>Privacy Gate</h1>\
        <p>Wij waarderen je privacy. Geef toestemming voor cookies om verder te gaan.</p>\
        <button>Akkoord</button></body></html>";
    outlet.web.set("/consent?callbackUrl=x", Route::document(wall));
    outlet.poll();
    assert_eq!(outlet.revisions().len(), 5);
    assert_eq!(outlet.article()["text"], before["text"]);
    assert_eq!(outlet.program.rows("SELECT last_access, failures FROM pages"), ["gated|1"]);
    assert!(outlet.program.found(&["toestemming"]).is_empty());
    outlet.publish(title, &text, 4);
    outlet.poll();
    assert_eq!(outlet.program.rows("SELECT last_access, failures FROM pages"), ["full|0"]);

    // Sent to the front of the site instead, as some do with what is gone.
    let front =
        Route { status: 302, headers: vec![("location", outlet.web.url("/"))], ..Route::default() };
    outlet.web.set("/nieuws/1200001/zwembad", front);
    outlet.web.set("/", Route::document(page("Voorpagina", &paragraphs()[..2], 9)));
    outlet.poll();
    assert_eq!(outlet.revisions().len(), 5);
    assert_eq!(outlet.program.rows("SELECT last_error FROM pages"), ["it leads to a front page"]);
    outlet.publish(title, &text, 5);
    outlet.poll();

    // Deleted: the text stays.
    outlet.serve(Route::error(404));
    outlet.poll();
    let gone = outlet.article();
    assert_eq!(gone["text"], before["text"]);
    assert_ne!(gone["gone"], json!(null));
    assert_eq!(outlet.revisions().len(), 5);
}

#[test]
fn a_headline_and_a_lead_that_are_written_anew_together_are_one_revision() {
    let outlet = Outlet::new();
    let mut text = paragraphs();
    outlet.publish(&outlet.item.title.clone(), &text, 0);
    outlet.poll();
    text[0] = "Honderden inwoners van Zuidlaren liepen zaterdag mee in een optocht tegen de \
               sluiting van hun zwembad, dat nog tot de zomer open is."
        .to_owned();
    // Whether the lead is an advertisement is seen at the next reading, which is soon.
    outlet.publish("Optocht tegen sluiting zwembad", &text, 1);
    let soon = ["--set", "fetch.page_gap=0s", "--set", "pages.revisit=1s"];
    outlet.program.ok(&[&["poll", "--all"], &soon[..]].concat());
    assert_eq!(outlet.revisions().len(), 2);
    let next = "unixepoch(next_read) - unixepoch(last_read) <= 1, next_reason";
    let next = outlet.program.rows(&format!("SELECT {next} FROM pages"));
    assert_eq!(next, ["1|a change in doubt"]);
    outlet.publish("Optocht tegen sluiting zwembad", &text, 2);
    until("the second reading", || {
        outlet.poll();
        (outlet.revisions().len() > 2).then_some(())
    });
    assert_eq!(outlet.article()["text"], json!(text.join("\n\n")));
    assert_eq!(outlet.article()["title"], json!("Optocht tegen sluiting zwembad"));
    assert_eq!(outlet.revisions()[2..], ["page|[\"title\",\"text\"]|1"]);
}

#[test]
fn a_headline_does_not_wait_for_advertisements_that_are_others_each_time() {
    let outlet = Outlet::new();
    let mut text = paragraphs();
    let mut read = |title: &str, advertisement: &str| {
        text[0] = advertisement.to_owned();
        outlet.publish(title, &text, 0);
        outlet.poll();
    };
    read("Zwembad Zuidlaren gaat dicht", "Nu dertig procent korting op alle tuinmeubelen!");
    read("Zwembad Zuidlaren gaat dicht", "Bestel voor vrijdag uw kerstpakket.");
    read("Zwembad verkocht", "Leer zeilen op het Paterswoldsemeer.");
    assert_eq!(outlet.revisions()[2..], ["page|[\"title\"]|0"]);
    read("Zwembad verkocht", "Win een reis naar Terschelling.");
    assert_eq!(outlet.revisions().len(), 3);
}

#[test]
fn a_wall_that_comes_down_is_no_edit() {
    let outlet = Outlet::new();
    let title = outlet.item.title.clone();
    let beginning = page(&title, &paragraphs()[..2], 0).replace("</head>", PAID);
    outlet.serve(Route::document(beginning));
    outlet.poll();
    outlet.publish(&title, &paragraphs(), 1);
    outlet.poll();
    assert_eq!(outlet.article()["text"], json!(paragraphs().join("\n\n")));
    assert_eq!(outlet.revisions(), ["feed||0", "page||0", "page||0"]);
    assert_eq!(outlet.program.run(&["search", "is:revised"]).code, 1);
}

#[test]
fn a_wall_that_leaves_half_of_an_article_is_no_edit_and_a_cut_that_is_dated_is_one() {
    let outlet = Outlet::new();
    let read = |text: &[String], minute: u32| {
        let modified = format!(
            "<meta property=\"article:modified_time\" content=\"2022-02-14T10:{minute}:00Z\"></head>"
        );
        let html = page(&outlet.item.title, text, 0).replace("</head>", &modified);
        outlet.serve(Route::document(html));
        outlet.poll();
        outlet.program.rows("SELECT last_outcome FROM pages").remove(0)
    };
    let walled = [&paragraphs()[..3], &["Probeer een maand voor 1 euro.".to_owned()]].concat();
    assert_eq!(read(&paragraphs(), 10), "read");
    assert_eq!([read(&walled, 10), read(&walled, 10)], ["collapsed"; 2]);
    assert_eq!(outlet.article()["text"], json!(paragraphs().join("\n\n")));
    let reason = "SELECT next_reason FROM pages";
    assert_eq!(outlet.program.rows(reason), ["no more than its beginning, 2 in a row"]);
    assert_eq!(read(&paragraphs(), 10), "same");
    assert_eq!(outlet.revisions().len(), 2);
    assert_eq!(read(&paragraphs()[..3], 20), "changed");
    assert_eq!(outlet.article()["text"], json!(paragraphs()[..3].join("\n\n")));
}

#[test]
fn what_is_for_those_who_pay_is_edited_under_a_later_date() {
    let changed = |texts: [(&[String], &str, u32); 2]| {
        let outlet = Outlet::new();
        for (text, paid, minute) in texts {
            let head = format!(
                "<meta property=\"article:modified_time\" \
                 content=\"2022-02-14T10:{minute}:00Z\">{paid}"
            );
            let html = page(&outlet.item.title, text, 0).replace("</head>", &head);
            outlet.serve(Route::document(html));
            outlet.poll();
        }
        outlet.revisions().split_off(2)
    };
    let all = paragraphs();
    let edited = ["page|[\"text\"]|0"];
    assert_eq!(changed([(&all[..2], PAID, 10), (&all, PAID, 20)]), edited);
    assert_eq!(changed([(&all[..2], PAID, 10), (&all, PAID, 10)]), ["page||0"]);
    let without_second = [&all[..1], &all[2..]].concat();
    assert_eq!(changed([(&all, "</head>", 10), (&without_second, PAID, 20)]), edited);
    assert!(changed([(&all, "</head>", 10), (&all[..4], PAID, 10)]).is_empty());
}

#[test]
fn a_feed_that_keeps_an_old_headline_does_not_bring_it_back() {
    let mut outlet = Outlet::new();
    let author = outlet.item.author.clone();
    let publish = |outlet: &Outlet, title: &str, authors: &str, visit: usize| {
        let head = format!(
            "<meta property=\"article:section\" content=\"Regio\"><meta name=\"author\" \
             content=\"{authors}\"></head>"
        );
        let html = page(title, &paragraphs(), visit).replace("</head>", &head);
        outlet.serve(Route::document(html));
        outlet.poll();
    };
    publish(&outlet, &outlet.item.title, &author, 0);
    let title = "Raad sluit zwembad Zuidlaren";
    publish(&outlet, title, &format!("{author}, Tom Bos"), 1);
    let of_page = json!([author, "Tom Bos"]);
    assert_eq!(
        (&outlet.article()["title"], &outlet.article()["authors"]),
        (&json!(title), &of_page)
    );
    // The feed has another summary, and still its own headline.
    outlet.item.text = "De gemeenteraad van Zuidlaren stemde dinsdag in met sluiting.".to_owned();
    outlet.announce();
    outlet.poll();
    assert_eq!(outlet.article()["title"], json!(title));
    assert_eq!(outlet.revisions()[2..], ["page|[\"title\",\"authors\"]|0"]);
    // What it says of it later is an edit.
    outlet.item.title = "Zwembad gaat toch niet dicht".to_owned();
    outlet.announce();
    outlet.poll();
    let article = outlet.article();
    assert_eq!(article["title"], json!("Zwembad gaat toch niet dicht"));
    assert_eq!((&article["authors"], &article["section"]), (&of_page, &json!("Regio")));
}

#[test]
fn a_page_that_leads_to_another_article_is_gone_and_one_with_two_addresses_is_not() {
    let web = Web::start();
    let items: Vec<Item> = (1..6)
        .map(|n| Item { link: web.url(&format!("/nieuws/120000{n}/x")), ..item(n) })
        .collect();
    let path = |n: usize| format!("/nieuws/120000{n}/x");
    let (first, other) = (paragraphs(), live_blog(8));
    let (first, other) = (&first[..], &other[..8]);
    let texts = [first, other, first, first, first];
    let to = |n: usize| Route {
        status: 301,
        headers: vec![("location", web.url(&path(n)))],
        ..Route::default()
    };
    for (n, text) in (1..6).zip(texts) {
        web.set(&path(n), Route::document(page(&item(n).title, text, n)));
    }
    web.set("/rss", Route::document(rss(&items)));
    let program = Program::with_pages(&web.url("/rss"));
    let poll = || program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    poll();
    let shown = "SELECT coalesce(last_error, last_outcome) FROM pages ORDER BY url";
    assert_eq!(program.rows(shown), ["read"; 5]);
    // The third says what the first says, the second does not. No feed lists where the fourth and
    // the fifth lead: to something else, and to what was moved and got another headline.
    web.set(&path(2), to(1));
    web.set(&path(3), to(1));
    web.set(&path(4), to(8));
    web.set(&path(8), Route::document(page(&item(8).title, other, 8)));
    web.set(&path(5), to(9));
    web.set(&path(9), Route::document(page("Zuidlaren blijft zitten met zijn bad", first, 9)));
    poll();
    let outcomes = program.rows(shown);
    let another = "it leads to another article";
    assert_eq!((outcomes[1].as_str(), outcomes[3].as_str()), (another, another));
    assert!(["same", "changed"].contains(&outcomes[2].as_str()), "{outcomes:?}");
    assert_eq!(outcomes[4], "changed");
    let words = "SELECT count(*) FROM revisions WHERE changed LIKE '%text%'";
    assert_eq!(program.rows(words), ["0"]);
    // The first takes in what the second said, and the second still leads there.
    let both = [first, other].concat();
    web.set(&path(1), Route::document(page("Zwembad dicht en meer", &both, 1)));
    poll();
    assert_eq!(program.rows(shown)[1], another);
    assert_eq!(program.rows(words), ["1"]);
    // What is announced there afterwards is an article of its own.
    let eighth = Item { link: web.url(&path(8)), ..item(8) };
    web.set("/rss", Route::document(rss(&[&items[..], &[eighth]].concat())));
    poll();
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["6"]);
}

#[test]
fn another_page_in_the_place_of_an_article_is_no_edit_but_for_one_that_was_written_anew() {
    let outlet = Outlet::new();
    let modified = "<meta property=\"article:modified_time\" content=\"2022-02-14T10:10:00Z\">";
    let serve = |title: &str, text: &[String], head: &str| {
        let html = page(title, text, 0).replace("</head>", &format!("{head}</head>"));
        outlet.serve(Route::document(html));
        outlet.poll();
        outlet.program.rows("SELECT coalesce(last_error, last_outcome) FROM pages").remove(0)
    };
    let front = format!("<link rel=\"canonical\" href=\"{}\">", outlet.web.url("/"));
    let other: Vec<String> = (8..13).map(|n| item(n).text).collect();
    let other = &other[..];
    let title = outlet.item.title.clone();
    let another = "it leads to another article";
    // Before the article was ever read, and after.
    assert_eq!(serve("Het laatste nieuws", other, &front), another);
    assert_eq!(serve(&title, &paragraphs(), modified), "read");
    assert_eq!(serve("Het laatste nieuws", other, &front), another);
    assert_eq!(serve("Privacy", other, ""), another);
    assert_eq!(serve("Privacy", other, ""), another);
    assert_eq!(outlet.revisions().len(), 2);
    assert_eq!(outlet.article()["title"], json!(title));
    // It is dated, so somebody wrote it.
    for _ in 0..2 {
        serve("Raad trekt besluit in", other, &modified.replace("10:10", "11:30"));
    }
    assert_eq!(outlet.article()["title"], json!("Raad trekt besluit in"));
}

#[test]
fn the_front_of_a_site_that_announces_an_article_is_not_that_article() {
    let outlet = Outlet::new();
    let serve = |title: &str, text: &[String], canonical: &str| {
        let canonical = format!("<link rel=\"canonical\" href=\"{canonical}\"></head>");
        outlet.serve(Route::document(page(title, text, 0).replace("</head>", &canonical)));
        outlet.poll();
        outlet.program.rows("SELECT coalesce(last_error, last_outcome) FROM pages").remove(0)
    };
    let (title, text) = (outlet.item.title.clone(), paragraphs());
    assert_eq!(serve(&title, &text, &outlet.item.link), "read");
    let announced: Vec<String> =
        text[..2].iter().cloned().chain((8..11).map(|n| item(n).text)).collect();
    let front = outlet.web.url("/");
    assert_eq!(serve("Het laatste nieuws", &announced, &front), "it leads to another article");
    assert_eq!(outlet.article()["title"], json!(title));
    // A site that begins to call its front the canonical address of everything.
    assert_eq!(serve(&title, &text, &front), "same");
}

#[test]
fn an_edit_whose_date_its_feed_told_with_a_headline_is_not_silent() {
    let mut outlet = Outlet::new();
    let read = |outlet: &Outlet, title: &str, text: &[String], minute: u32| {
        let modified = format!(
            "<meta property=\"article:modified_time\" content=\"2022-02-14T10:{minute}:00Z\"></head>"
        );
        let html = page(title, text, 0).replace("</head>", &modified);
        outlet.serve(Route::document(html));
        let atom = "<atom:updated xmlns:atom=\"http://www.w3.org/2005/Atom\">";
        let updated = format!("{atom}2022-02-14T10:{minute}:00Z</atom:updated></item>");
        let document = rss(std::slice::from_ref(&outlet.item)).replace("</item>", &updated);
        outlet.web.set("/rss", Route::document(document));
        outlet.poll();
    };
    let title = outlet.item.title.clone();
    read(&outlet, &title, &paragraphs(), 10);
    outlet.item.title = "Zwembad Zuidlaren gaat in de zomer dicht".to_owned();
    let mut text = paragraphs();
    text.push("Het college gaat nu op zoek naar een koper, zegt wethouder Bos.".to_owned());
    read(&outlet, &outlet.item.title, &text, 20);
    let revisions = outlet.revisions();
    assert_eq!(revisions[2..], ["feed|[\"title\"]|0", "page|[\"text\"]|0"]);
    text.push("Een woordvoerder wil niet zeggen of er al iemand heeft gebeld.".to_owned());
    read(&outlet, &outlet.item.title, &text, 20);
    assert_eq!(outlet.revisions()[4..], ["page|[\"text\"]|1"]);
    // The page stated the new date, and said what it said before, at another reading.
    let before = outlet.item.title.clone();
    outlet.item.title = "Koper gezocht voor zwembad Zuidlaren".to_owned();
    read(&outlet, &before, &text, 30);
    text.push("Vrijdag beslist de raad.".to_owned());
    read(&outlet, &before, &text, 30);
    assert_eq!(outlet.revisions()[5..], ["feed|[\"title\"]|0", "page|[\"text\"]|1"]);
}

#[test]
fn what_could_be_read_is_asked_of_the_archive_as_it_was() {
    let outlet = Outlet::new();
    let title = outlet.item.title.clone();
    let page_then = page(&title, &paragraphs()[..1], 0).replace("</head>", PAID);
    outlet.serve(Route::document(page_then));
    outlet.poll();
    let found = |query: &str, more: &[&str]| outlet.program.found(&[&[query], more].concat()).len();
    assert_eq!((found("access:paid", &[]), found("is:paywalled", &[])), (1, 1));
    outlet.program.ok(&["export", "", "-o", "toen"]);
    // Moments are whole seconds.
    std::thread::sleep(std::time::Duration::from_millis(1_100));

    outlet.publish(&title, &paragraphs(), 1);
    outlet.poll();
    assert_eq!((found("access:paid", &[]), found("access:full", &[])), (0, 1));
    let then = ["--as-of", "toen/manifest.json"];
    assert_eq!((found("access:paid", &then), found("access:full", &then)), (1, 0));
    assert_eq!(found("is:paywalled", &then), 1);
}

#[test]
fn a_version_that_a_page_had_before_it_was_changed_is_no_edit_until_it_stays() {
    let outlet = Outlet::new();
    let read = |n_paragraphs: usize, minute: u32| {
        let modified = format!(
            "<meta property=\"article:modified_time\" content=\"2022-02-14T10:{minute}:00Z\"></head>"
        );
        let html = page(&outlet.item.title, &paragraphs()[..n_paragraphs], 0);
        outlet.serve(Route::document(html.replace("</head>", &modified)));
        outlet.poll();
        outlet.revisions().len()
    };
    assert_eq!([read(4, 10), read(5, 20)], [2, 3]);
    assert_eq!([read(4, 10), read(5, 20), read(4, 10), read(5, 20)], [3; 4]);
    assert_eq!([read(4, 10), read(4, 10)], [3, 4]);
}

/// The first `n` updates of a live blog, the latest on top.
fn live_blog(n: usize) -> Vec<String> {
    let update = |n: usize| format!("{:02}:{:02} {}", 9 + n / 12, n * 5 % 60, item(n + 3).text);
    (1..=n).rev().map(update).chain(paragraphs()).collect()
}

#[test]
fn a_live_blog_is_one_article_with_an_edit_an_update() {
    const N: usize = 18;
    let outlet = Outlet::new();
    for n in 0..=N {
        outlet.publish(&outlet.item.title, &live_blog(n), n);
        outlet.poll();
    }
    assert_eq!(outlet.program.rows("SELECT count(*) FROM articles"), ["1"]);
    let revisions = outlet.revisions();
    assert_eq!(revisions.len(), 2 + N, "{revisions:#?}");
    assert!(revisions[2..].iter().all(|revision| revision == "page|[\"text\"]|1"));

    // Each of them can be read, and together they cost little more than the last.
    let texts = outlet.program.json(&["sql", "SELECT text FROM texts ORDER BY revision"]);
    for (n, row) in texts.as_array().unwrap()[1..].iter().enumerate() {
        assert_eq!(row["text"], json!(live_blog(n).join("\n\n")));
    }
    let sizes =
        "SELECT sum(length(data)), max(CASE WHEN codec = 1 THEN length(data) END) FROM body";
    let archive = rusqlite::Connection::open(outlet.program.archive("archive.db")).unwrap();
    let (all, whole): (f64, f64) =
        archive.query_row(sizes, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert!(all < 4.0 * whole, "{all} bytes for {N} updates of at most {whole}");
}

/// Whatever stands around an article is another at each of these readings.
#[test]
fn furniture_that_changes_is_no_edit() {
    const ARTICLES: usize = 10;
    const READINGS: usize = 60;
    let web = Web::start();
    let items: Vec<Item> = (0..ARTICLES)
        .map(|n| Item { link: web.url(&format!("/nieuws/12000{n:02}/x")), ..item(n) })
        .collect();
    web.set("/rss", Route::document(rss(&items)));
    let program = Program::with_pages(&web.url("/rss"));
    let (mut visit, mut n_read) = (0, 0);
    // A pass does not read again what was read in the second in which it began.
    while n_read < READINGS {
        for (n, item) in items.iter().enumerate() {
            let text: Vec<String> = paragraphs().iter().map(|p| format!("{p} {n}")).collect();
            let html = page(&item.title, &text, visit * 13 + n);
            web.set(&format!("/nieuws/12000{n:02}/x"), Route::document(html));
        }
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
        visit += 1;
        n_read =
            (0..ARTICLES).map(|n| web.asked_for(&format!("/nieuws/12000{n:02}/x")).len()).sum();
    }
    let counted = "SELECT outcome, sum(n) FROM page_fetches GROUP BY outcome ORDER BY outcome";
    let n_again = n_read - ARTICLES;
    assert_eq!(program.rows(counted), [format!("read|{ARTICLES}"), format!("same|{n_again}")]);
    let revisions = "SELECT source, coalesce(changed, ''), count(*) FROM revisions GROUP BY 1, 2";
    let expected = [format!("feed||{ARTICLES}"), format!("page||{ARTICLES}")];
    assert_eq!(program.rows(revisions), expected);
}
