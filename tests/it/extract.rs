//! Article pages read by the real binary: text, metadata, walls, and pages that would break it.

use std::fs;

use serde_json::{Value, json};

use crate::pages::{page, paragraphs};
use crate::program::Program;

mod hostile;
mod pages;
mod worker;

use pages::{ARTICLE, GATE, LOG_IN, NOT_FOUND, PAID, ROBOT};

/// What `extract` says of a page.
pub(crate) fn read(program: &Program, html: &str, arguments: &[&str]) -> Value {
    fs::write(program.home().join("page.html"), html).unwrap();
    let all = [&["extract", "page.html", "--format", "json"], arguments].concat();
    let ran = program.run(&all);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

#[test]
fn an_article_is_its_paragraphs_and_nothing_around_them() {
    let page = read(&Program::new(), ARTICLE, &[]);
    let body = page["articleBody"].as_str().unwrap();
    insta::assert_snapshot!(body);
    for (key, value) in [
        ("headline", json!("Sluis bij Hulst twee weken dicht")),
        ("author", json!(["Pieter de Rooij", "Fenna Bos"])),
        ("datePublished", json!("2026-03-02T06:15:00Z")),
        ("dateModified", json!("2026-03-02T08:40:00Z")),
        ("section", json!("Regio")),
        ("tags", json!(["scheepvaart", "Hulst"])),
        ("language", json!("nl-NL")),
        ("languageDetected", json!("nl")),
        ("url", json!("https://www.zeeklei.example/regio/4401234-sluis-dicht")),
        ("image", json!("https://beeld.zeeklei.example/sluis.jpg")),
        ("isAccessibleForFree", json!(true)),
        ("access", json!("full")),
        ("kind", json!("news")),
        ("wire", json!("ANP")),
        ("wall", Value::Null),
    ] {
        assert_eq!(page[key], value, "{key}");
    }
}

#[test]
fn nothing_of_a_wall_is_text() {
    let program = Program::new();
    for (html, access, wall) in [
        (GATE, "gated", "consent"),
        (LOG_IN, "gated", "log_in"),
        (ROBOT, "blocked", "bot_challenge"),
        (NOT_FOUND, "unknown", "soft_not_found"),
        (
            "<title>Oeps! - Zeeklei</title><h1>Oeps!</h1><p>De pagina die u zoekt is helaas \
             verhuisd of verwijderd. Ga terug naar de voorpagina.",
            "unknown",
            "soft_not_found",
        ),
    ] {
        let page = read(&program, html, &[]);
        assert_eq!((&page["access"], &page["wall"]), (&json!(access), &json!(wall)));
        assert_eq!(page["articleBody"], "");
    }
}

#[test]
fn a_headline_that_speaks_of_a_wall_is_that_of_an_article() {
    let program = Program::new();
    let dated =
        "<meta property=\"article:published_time\" content=\"2022-02-14T10:00:00+01:00\"></head>";
    for title in [
        "Toegang geweigerd tot raadszaal: SP boos",
        "Populair medicijn niet meer beschikbaar",
        "Aanmelden voor avondvierdaagse kan vanaf maandag",
        "Forbidden City trekt toeristen",
    ] {
        let page = page(title, &paragraphs(), 0).replace("</head>", dated);
        let page = read(&program, &page, &[]);
        assert_eq!((&page["wall"], &page["access"]), (&Value::Null, &json!("full")), "{title}");
        assert!(page["articleBody"].as_str().unwrap().contains("petitie"), "{title}");
    }
}

#[test]
fn a_headline_is_no_wall_where_a_time_beside_it_dates_the_article() {
    let program = Program::new();
    let time = "</h1><p><time datetime=\"2022-02-14T10:00:00+01:00\">14 februari</time></p>";
    for title in [
        "Oude parkeervergunning niet meer beschikbaar",
        "404 nieuwe bomen in Zuidlaren",
        "Pagina niet gevonden: archief van Zuidlaren kwijt",
        "Captcha maakt plaats voor nieuwe beveiliging",
        "Cookiewall op gemeentesites verdwijnt",
    ] {
        let page = page(title, &paragraphs(), 0).replace("</h1>", time);
        let page = read(&program, &page, &[]);
        assert_eq!(page["wall"], Value::Null, "{title}");
        assert!(page["articleBody"].as_str().unwrap().contains("petitie"), "{title}");
    }
    for title in [
        "Pagina niet gevonden",
        "Oeps! De pagina is niet gevonden",
        "404 - Zeeklei",
        "Cookie-instellingen",
        "Wij waarderen je privacy",
        "Een moment geduld",
    ] {
        let page = page(title, &paragraphs(), 0).replace("</h1>", time);
        let page = read(&program, &page, &[]);
        assert_ne!(page["wall"], Value::Null, "{title}");
        assert_eq!(page["articleBody"], "", "{title}");
    }
    // The articles that an error page lists have dates as well.
    let teaser = |n: usize| {
        format!(
            "<div><h3>Zwembad {n}</h3><time datetime=\"2022-02-14\">14 februari</time><p>{}</p></div>",
            paragraphs()[0]
        )
    };
    let list: String = (0..5).map(teaser).collect();
    let page = format!(
        "<title>Zeeklei</title><main><h1>Dit oude nummer is niet meer beschikbaar</h1>\
         <p>Misschien zoekt u een van deze?</p>{list}</main>"
    );
    let page = read(&program, &page, &[]);
    assert_eq!((&page["wall"], &page["articleBody"]), (&json!("soft_not_found"), &json!("")));
}

#[test]
fn a_short_article_of_somebody_who_was_not_found_is_not_gone() {
    let said = "De politie plaatste zaterdag een bericht over de vermiste man, maar die is niet \
                gevonden. De zoekactie gaat zondag om acht uur verder met honden."
        .to_owned();
    let dated =
        "<meta property=\"article:published_time\" content=\"2022-02-14T10:00:00+01:00\"></head>";
    let page = page("Vermiste man uit Zuidlaren", &[said], 0).replace("</head>", dated);
    let page = read(&Program::new(), &page, &[]);
    assert_eq!(page["wall"], Value::Null);
    assert!(page["articleBody"].as_str().unwrap().contains("met honden"));
}

#[test]
fn a_text_that_is_in_the_data_alone_is_read_from_there() {
    let body = paragraphs().join("\n\n");
    let data = json!({
        "@type": "NewsArticle", "headline": "Zwembad dicht", "articleBody": body,
        "datePublished": "2022-02-14T10:00:00+01:00",
    });
    let related = json!({
        "@type": "NewsArticle", "headline": "Brand in loods", "articleBody": "Er was brand. ".repeat(40),
        "datePublished": "2020-01-01T10:00:00+01:00", "author": { "name": "Ander Mens" },
    });
    let script =
        |data: &Value| format!("<script type=\"application/ld+json\">{data}</script></head>");
    let shown = page("Zwembad dicht", &paragraphs()[..1], 0);
    let whole = shown.replace("</head>", &script(&data));
    let page = read(&Program::new(), &whole, &[]);
    assert_eq!((&page["articleBody"], &page["access"]), (&json!(body), &json!("full")));
    // Of several, the article of the page.
    let both = shown.replace("</head>", &script(&json!([related, data])));
    let page = read(&Program::new(), &both, &[]);
    assert_eq!((&page["articleBody"], &page["author"]), (&json!(body), &json!([])));
}

#[test]
fn what_a_paper_says_of_its_own_mistakes_is_text_and_what_others_say_is_not() {
    let program = Program::new();
    let whole = page("Zwembad dicht", &paragraphs(), 0);
    let check = |before: &str, added: &str, is_text: bool| {
        let page = whole.replace(before, &format!("{added}{before}"));
        let page = read(&program, &page, &[]);
        let has = page["articleBody"].as_str().unwrap().contains("Zuidlaren ligt in Drenthe");
        assert_eq!(has, is_text, "{added}");
    };
    let said = "Correctie: in een eerdere versie stond Groningen; Zuidlaren ligt in Drenthe.";
    let end = "<p class=\"teller\">";
    check(end, &format!("<p><em>{said}</em></p>"), true);
    check(end, &format!("<div class=\"correction\"><p>{said}</p></div>"), true);
    check(end, &format!("<div class=\"correction\">{said}</div>"), true);
    let box_of =
        |name| format!("<div class={name}><h4>Rectificatie</h4><p>{}</p></div>", &said[11..]);
    check(end, &box_of("noot"), true);
    check("</article>", &box_of("noot"), true);
    check("</article>", &box_of("related"), false);
    check(
        "</article>",
        &format!(
            "<div class=\"comments\"><h3>Reacties</h3><div><b>Piet</b><p>{said}</p></div></div>"
        ),
        false,
    );
    check(
        "<aside",
        &format!("<section><h3><a href=\"/2\">Meer</a></h3><p>{said}</p></section>"),
        false,
    );
}

#[test]
fn where_a_text_goes_on_below_a_picture_nothing_is_offered() {
    let mut text = paragraphs();
    text.extend(
        ["Lees verder onder de video.", "Het bad gaat dicht.", "Zwemmers zijn boos."]
            .map(str::to_owned),
    );
    let page = page("Zwembad dicht", &text, 0);
    let page = read(&Program::new(), &page, &[]);
    let body = page["articleBody"].as_str().unwrap();
    assert_eq!(page["access"], json!("full"));
    assert!(body.contains("Zwemmers zijn boos") && !body.contains("Lees verder"), "{body}");
}

#[test]
fn a_paid_article_gives_its_beginning_and_not_the_offer() {
    let page = read(&Program::new(), PAID, &[]);
    let body = page["articleBody"].as_str().unwrap();
    assert_eq!((&page["access"], &page["isAccessibleForFree"]), (&json!("paid"), &json!(false)));
    assert!(body.contains("De bewoners van de Kade"), "{body}");
    assert!(!body.to_lowercase().contains("abonn"), "{body}");
}

#[test]
fn an_article_on_subscribers_is_whole_and_free() {
    let mut text = paragraphs();
    text.extend(
        [
            "De voorverkoop is alleen voor abonnees en vrienden van het theater.",
            "Leden mogen thuis verder lezen.",
            "Wie nu al abonnee is, merkt er niets van.",
            "De kaarten kosten vijf euro.",
        ]
        .map(str::to_owned),
    );
    let page = page("Theater in Zuidlaren verkoopt kaarten", &text, 0);
    let page = read(&Program::new(), &page, &[]);
    let body = page["articleBody"].as_str().unwrap();
    assert_eq!(page["access"], json!("full"));
    assert!(body.contains("vrienden van het theater") && body.contains("thuis verder"), "{body}");
    assert!(body.contains("vijf euro"), "{body}");
}

#[test]
fn a_page_that_led_elsewhere_to_ask_consent_is_a_gate_whatever_it_says() {
    let gate = "https://privacy.example/consent?back=https%3A%2F%2Fwww.zeeklei.example%2F1";
    let page =
        read(&Program::new(), "<title>Welkom</title><p>Kies hier uw voorkeur.", &["--url", gate]);
    assert_eq!((&page["wall"], &page["articleBody"]), (&json!("consent"), &json!("")));
}

#[test]
fn an_article_on_consent_is_an_article() {
    let address = "https://www.zeeklei.example/nieuws/rechter-over-consent-en-cookiewall";
    let article = ARTICLE.replace("NewsArticle", "Thing");
    let page = read(&Program::new(), &article, &["--url", address]);
    assert_eq!(page["wall"], json!(null), "{page}");
}

#[test]
fn what_is_printed_on_all_pages_of_a_site_is_left_out() {
    let program = Program::new();
    let mut arguments = vec!["extract".to_owned()];
    let things = [
        "brug",
        "kade",
        "haven",
        "dijk",
        "steiger",
        "loswal",
        "werf",
        "pier",
        "sluisdeur",
        "gracht",
    ];
    for (number, thing) in things.iter().enumerate() {
        let tip =
            "Zeeklei is er voor iedereen in de streek en wordt gemaakt met hulp van de lezers.";
        let page = ARTICLE
            .replace("4401234", &format!("440123{number}"))
            .replace("sluis", thing)
            .replace("waterschap", &format!("waterschap van de {thing}"))
            .replace("boten", &format!("boten bij de {thing}"))
            .replace("<!-- slot -->", &format!("<p>{tip}</p>"));
        let name = format!("page-{number}.html");
        fs::write(program.home().join(&name), page).unwrap();
        arguments.push(name);
    }
    arguments.extend(["--format", "json", "--out", "texts"].map(ToOwned::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = program.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = fs::read_to_string(program.home().join("texts/page-2.json")).unwrap();
    let page: Value = serde_json::from_str(&text).unwrap();
    let body = page["articleBody"].as_str().unwrap();
    assert!(body.contains("De haven bij Hulst gaat maandag"), "{body}");
    assert!(!body.contains("hulp van de lezers"), "{body}");
}

#[test]
fn a_page_on_the_web_is_read_where_its_host_allows_that() {
    let web = crate::web::Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    let robots = "User-agent: *\nDisallow: /besloten\n";
    web.set("/robots.txt", crate::web::Route::document(robots.to_owned()));
    for path in ["/open/1", "/besloten/1"] {
        web.set(path, crate::web::Route::document(ARTICLE.to_owned()));
    }
    let shown = program.ok(&["extract", &web.url("/open/1")]);
    assert!(shown.starts_with("Sluis bij Hulst twee weken dicht\n"), "{shown}");
    let ran = program.run(&["extract", &web.url("/besloten/1")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (6, ""), "{ran:?}");
    assert!(ran.stderr.contains("robots.txt"), "{ran:?}");
    assert!(web.asked_for("/besloten/1").is_empty());
}

#[test]
fn a_page_for_people_is_headline_facts_and_text() {
    let program = Program::new();
    fs::write(program.home().join("page.html"), ARTICLE.replace("sterk", "st\u{9b}31mrk")).unwrap();
    let shown = program.ok(&["extract", "page.html"]);
    assert!(shown.starts_with("Sluis bij Hulst twee weken dicht\n"), "{shown}");
    assert!(!shown.contains('\u{9b}'));
    let ran = program.run(&["extract", "weg.html"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("cannot read `weg.html`"), "{ran:?}");
}

#[test]
fn pages_of_one_name_are_files_of_their_own() {
    let program = Program::new();
    let names = ["a.html", "x/a.html", "a-2.html"];
    fs::create_dir(program.home().join("x")).unwrap();
    for (name, thing) in names.iter().zip(["sluis", "haven", "brug"]) {
        fs::write(program.home().join(name), ARTICLE.replace("sluis", thing)).unwrap();
    }
    let ran = program.run(&[&["extract"], &names[..], &["--out", "uit"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let file = |name: &str| fs::read_to_string(program.home().join("uit").join(name)).unwrap();
    let texts = ["a.txt", "a-2.txt", "a-2-2.txt"].map(file);
    for (text, thing) in texts.iter().zip(["sluis", "haven", "brug"]) {
        assert!(text.contains(thing), "{thing}: {text}");
    }
}
