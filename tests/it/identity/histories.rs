//! What feeds did to what their articles are known by.

use crate::news::{Item, item};

/// What the feeds of one outlet give, poll after poll, and what must be archived in the end.
pub(super) struct History {
    pub(super) name: &'static str,
    /// A pattern of the publisher's ids, or nothing.
    pub(super) pattern: &'static str,
    /// Each poll gives every feed of the outlet a document.
    pub(super) polls: Vec<Vec<Vec<Item>>>,
    /// `headline | revisions | feeds that listed it`, by headline.
    pub(super) expected: &'static [&'static str],
}

const PATTERN: &str = "(?:/|artikel-)([0-9]{7})";

/// Text number `n`, known by a GUID and a link.
pub(super) fn entry(n: usize, guid: &str, link: &str) -> Item {
    let published = Some(format!("Mon, 02 Mar 2026 {:02}:15:00 +0100", 6 + n));
    let title = format!("Kop {n}");
    Item { guid: guid.to_owned(), link: link.to_owned(), title, published, ..item(n) }
}

/// One of many that say nearly the same of one day.
fn notice(n: usize) -> Item {
    let place = ["Molenweg 8", "Kerkstraat 12", "Dorpsstraat 4", "Nieuwstraat 9"][n];
    let text = format!(
        "Burgemeester en wethouders hebben een vergunning verleend voor het plaatsen van een \
         dakkapel op het voordakvlak van de woning aan de {place}."
    );
    let link = format!("https://x.example/vergunning/{n}");
    let published = Some("Mon, 02 Mar 2026 00:00:00 +0100".to_owned());
    Item { text, published, ..titled(&format!("Vergunning {place}"), entry(n, "", &link)) }
}

/// One of many that say the same under headlines of their own, published together.
fn gallery(n: usize) -> Item {
    let text = "Bekijk hier de foto's van de wedstrijd, klik op een foto om hem te vergroten en stuur \
                hem door aan wie er op staat.";
    let published = Some("Mon, 02 Mar 2026 08:15:20 +0100".to_owned());
    let of = entry(n, &format!("foto-{n}"), &format!("https://y.example/foto/{n}"));
    Item { text: text.to_owned(), published, ..titled(&format!("Foto's van duel {n}"), of) }
}

/// One of many under one headline, published together.
fn call(n: usize) -> Item {
    let published = Some("Mon, 02 Mar 2026 08:15:20 +0100".to_owned());
    let of = entry(n, &format!("melding-{n}"), &format!("https://z.example/112/{n}"));
    Item { text: "Lees het bericht.".to_owned(), published, ..titled("Melding 112", of) }
}

pub(super) fn titled(title: &str, item: Item) -> Item {
    Item { title: title.to_owned(), ..item }
}

/// A single feed.
fn one_feed(
    name: &'static str,
    pattern: &'static str,
    polls: Vec<Vec<Item>>,
    expected: &'static [&'static str],
) -> History {
    let polls = polls.into_iter().map(|document| vec![document]).collect();
    History { name, pattern, polls, expected }
}

/// What is only another spelling or another number.
#[expect(clippy::too_many_lines, reason = "a list of cases")]
fn changed_keys() -> Vec<History> {
    let at = |host: &str, path: &str| format!("https://{host}.example/{path}");
    vec![
        one_feed(
            "guid-scheme",
            PATTERN,
            vec![
                vec![entry(0, "https://a.example/-/1203001/", &at("a", "1203001/brug"))],
                vec![entry(0, "artikel-1203001", &at("a", "1203001/brug-open"))],
            ],
            &["Kop 0|1|f0"],
        ),
        one_feed(
            "guid-scheme-without-pattern",
            "",
            vec![
                vec![entry(0, "https://b.example/?p=9", &at("b", "brug"))],
                vec![entry(0, "urn:b:9", &at("b", "brug"))],
            ],
            &["Kop 0|1|f0"],
        ),
        one_feed(
            "all-guids-at-once",
            "",
            vec![
                (0..4).map(|n| entry(n, &format!("1-{n}"), &at("c", &n.to_string()))).collect(),
                (0..4).map(|n| entry(n, &format!("2-{n}"), &at("c", &n.to_string()))).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0", "Kop 3|1|f0"],
        ),
        one_feed(
            "all-guids-and-links-at-once",
            "",
            vec![
                (0..4).map(|n| entry(n, &format!("1-{n}"), &at("d", &n.to_string()))).collect(),
                (0..5).map(|n| entry(n, &format!("2-{n}"), &at("d", &format!("n/{n}")))).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0", "Kop 3|1|f0", "Kop 4|1|f0"],
        ),
        one_feed(
            "all-guids-and-links-at-once-after-an-empty-document",
            "",
            vec![
                (0..4).map(|n| entry(n, &format!("1-{n}"), &at("d2", &n.to_string()))).collect(),
                Vec::new(),
                (0..4).map(|n| entry(n, &format!("2-{n}"), &at("d2", &format!("n/{n}")))).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0", "Kop 3|1|f0"],
        ),
        one_feed(
            "galleries",
            "",
            vec![vec![gallery(0), gallery(1)], vec![gallery(1), gallery(2)], vec![gallery(3)]],
            &[
                "Foto's van duel 0|1|f0",
                "Foto's van duel 1|1|f0",
                "Foto's van duel 2|1|f0",
                "Foto's van duel 3|1|f0",
            ],
        ),
        one_feed(
            "host-renamed",
            "",
            vec![
                (0..3)
                    .map(|n| entry(n, &at("e", &n.to_string()), &at("e", &n.to_string())))
                    .collect(),
                (0..3)
                    .map(|n| entry(n, &at("nu-e", &n.to_string()), &at("nu-e", &n.to_string())))
                    .collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0"],
        ),
        one_feed(
            "https",
            "",
            vec![
                vec![entry(0, "http://f.example/brug", "http://www.f.example/brug")],
                vec![entry(0, "https://f.example/brug", "https://www.f.example/brug")],
            ],
            &["Kop 0|1|f0"],
        ),
        History {
            name: "spelling",
            pattern: "",
            polls: [
                ["https://g.example/brug", "https://g.example/brug?fbclid=x&at_medium=rss"],
                ["https://G.EXAMPLE/brug/", "https://amp.g.example/brug?amp=1"],
                ["https://www.g.example:443/brug#reacties", "https://g.example/brug/amp/"],
                ["https://m.g.example/brug", "https://g.example/brug?utm_source=rss&utm_medium=x"],
            ]
            .map(|links| links.map(|link| vec![entry(0, link, link)]).into())
            .into(),
            expected: &["Kop 0|1|f0,f1"],
        },
        one_feed(
            "short-link",
            PATTERN,
            vec![
                vec![entry(0, &at("h", "l/2497001"), &at("h", "l/2497001"))],
                vec![entry(0, &at("h", "artikel/2497001-brug"), &at("h", "artikel/2497001-brug"))],
            ],
            &["Kop 0|1|f0"],
        ),
        one_feed(
            "gate",
            "",
            vec![
                vec![entry(
                    0,
                    "",
                    "https://myprivacy.pers.example/consent?siteKey=x&callbackUrl=https%3A%2F%2F\
                     www.i.example%2Fprivacygate-confirm%3FredirectUri%3D%252Fregio%252Fbrug",
                )],
                vec![entry(0, "", "https://www.i.example/regio/brug")],
            ],
            &["Kop 0|1|f0"],
        ),
    ]
}

/// What is edited.
#[expect(clippy::too_many_lines, reason = "a list of cases")]
fn edited() -> Vec<History> {
    let live = |n: usize| {
        let text =
            (0..=n).rev().map(|n| format!("0{n}:00 Bericht {n}.")).collect::<Vec<_>>().join(" ");
        let link = format!("https://j.example/liveblog/2497001-stand-{n}");
        Item { text, ..titled(&format!("Live {n}"), entry(0, &link, &link)) }
    };
    let slug = |title: &str, slug: &str| {
        let link = format!("https://{slug}");
        titled(title, entry(0, &link, &link))
    };
    let passing = |host: &str, n: usize| format!("https://{host}.example/brug-bij-hulst?r={n}");
    vec![
        one_feed("live-blog", PATTERN, (0..4).map(|n| vec![live(n)]).collect(), &["Live 3|4|f0"]),
        one_feed(
            "slug-edited-with-the-headline",
            "",
            vec![
                vec![slug("Brug dicht", "k1.example/brug-dicht")],
                vec![slug("Brug weer open", "k1.example/brug-open")],
            ],
            &["Brug weer open|2|f0"],
        ),
        one_feed(
            "slug-edited-guid-kept",
            "",
            vec![
                vec![Item { guid: "7".into(), ..slug("Brug dicht", "k2.example/brug-dicht") }],
                vec![Item { guid: "7".into(), ..slug("Brug weer open", "k2.example/brug-open") }],
            ],
            &["Brug weer open|2|f0"],
        ),
        one_feed(
            "rewritten-under-an-address-that-never-stays",
            "",
            (0..4).map(|n| vec![entry(n, "7", &passing("k4", n))]).collect(),
            &["Kop 3|4|f0"],
        ),
        one_feed(
            "headlines-edited-and-back",
            "",
            ["Een", "Twee", "Een"].map(|title| vec![slug(title, "k3.example/brug")]).into(),
            &["Een|3|f0"],
        ),
        one_feed(
            "moved-to-another-section",
            "",
            vec![
                vec![entry(0, "https://l.example/regio/brug", "https://l.example/regio/brug")],
                vec![entry(
                    0,
                    "https://l.example/economie/brug",
                    "https://l.example/economie/brug",
                )],
            ],
            &["Kop 0|1|f0"],
        ),
        one_feed(
            "gone-and-back",
            "",
            vec![
                vec![entry(0, "0", "https://m.example/0"), entry(1, "1", "https://m.example/1")],
                vec![entry(1, "1", "https://m.example/1")],
                vec![entry(0, "0", "https://m.example/0"), entry(1, "1", "https://m.example/1")],
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0"],
        ),
    ]
}

/// What is not one article, whatever it is called.
#[expect(clippy::too_many_lines, reason = "a list of cases")]
fn apart() -> Vec<History> {
    vec![
        one_feed(
            "notices-under-one-headline",
            "",
            vec![(0..3).map(call).collect(), (2..5).map(call).collect()],
            &["Melding 112|1|f0"; 5],
        ),
        one_feed(
            "guid-reused",
            "",
            vec![
                vec![entry(0, "1", "https://o.example/brug")],
                vec![entry(1, "1", "https://o.example/zwembad")],
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0"],
        ),
        one_feed(
            "guid-reused-with-a-pattern",
            PATTERN,
            vec![
                vec![entry(0, "1", "https://p.example/1203001/brug")],
                vec![entry(0, "1", "https://p.example/1203002/brug")],
            ],
            &["Kop 0|1|f0", "Kop 0|1|f0"],
        ),
        one_feed(
            "one-guid-for-all",
            "",
            vec![
                (0..3).map(|n| entry(n, "q", &format!("https://q.example/{n}"))).collect(),
                (1..4).map(|n| entry(n, "q", &format!("https://q.example/{n}"))).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0", "Kop 3|1|f0"],
        ),
        one_feed(
            "one-link-for-all",
            "",
            vec![
                (0..3).map(|n| entry(n, &n.to_string(), "https://r.example/meldingen")).collect(),
                (1..4).map(|n| entry(n, &n.to_string(), "https://r.example/meldingen")).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0", "Kop 3|1|f0"],
        ),
        one_feed(
            "no-guid",
            "",
            vec![
                (0..2).map(|n| entry(n, "", &format!("https://s.example/{n}"))).collect(),
                (1..3).map(|n| entry(n, "", &format!("https://s.example/{n}"))).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0"],
        ),
        one_feed(
            "neither-guid-nor-link",
            "",
            vec![
                (0..2).map(|n| entry(n, "", "")).collect(),
                (1..3).map(|n| entry(n, "", "")).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0"],
        ),
        one_feed(
            "one-link-without-guids",
            "",
            vec![
                (0..2).map(|n| entry(n, "", "https://s.example/p2000")).collect(),
                (0..3).map(|n| entry(n, "", "https://s.example/p2000")).collect(),
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0", "Kop 2|1|f0"],
        ),
        one_feed(
            "fragments",
            "",
            vec![
                (0..2).map(|n| entry(n, "", &format!("https://y.example/live#{n}"))).collect(),
                (0..3)
                    .map(|n| {
                        let one = entry(n, "", &format!("https://y.example/live#{n}"));
                        if n == 0 { titled("Kop 0, aangevuld", one) } else { one }
                    })
                    .collect(),
            ],
            &["Kop 0, aangevuld|2|f0", "Kop 1|1|f0", "Kop 2|1|f0"],
        ),
        one_feed(
            "notices-of-one-day",
            "",
            (0..3).map(|n| vec![notice(n + 1), notice(n)]).collect(),
            &[
                "Vergunning Dorpsstraat 4|1|f0",
                "Vergunning Kerkstraat 12|1|f0",
                "Vergunning Molenweg 8|1|f0",
                "Vergunning Nieuwstraat 9|1|f0",
            ],
        ),
        one_feed(
            "the-same-text-twice",
            "",
            vec![
                vec![entry(0, "1", "https://t.example/1"), entry(0, "2", "https://t.example/2")],
                vec![entry(0, "2", "https://t.example/2")],
            ],
            &["Kop 0|1|f0", "Kop 0|1|f0"],
        ),
        one_feed(
            "relative-links",
            "",
            vec![
                vec![entry(0, "", "/regio/brug"), entry(1, "", "regio/zwembad")],
                vec![entry(0, "", "/regio/brug/"), entry(1, "", "regio/zwembad?utm_source=x")],
            ],
            &["Kop 0|1|f0", "Kop 1|1|f0"],
        ),
    ]
}

/// What several feeds share.
fn in_several_feeds() -> Vec<History> {
    let section = |n: usize| {
        let link = format!("https://u.example/brug?utm_source=rss&utm_campaign=sectie{n}");
        vec![entry(0, &format!("sectie{n}-brug"), &link)]
    };
    let at = |n: usize| entry(n, &n.to_string(), &format!("https://v.example/{n}"));
    vec![
        History {
            name: "five-sections",
            pattern: "",
            polls: vec![(0..5).map(section).collect()],
            expected: &["Kop 0|1|f0,f1,f2,f3,f4"],
        },
        History {
            name: "from-one-feed-to-another",
            pattern: "",
            polls: vec![
                vec![vec![at(0), at(1)], vec![at(2)]],
                vec![vec![at(1)], vec![at(0), at(2)]],
            ],
            expected: &["Kop 0|1|f0,f1", "Kop 1|1|f0", "Kop 2|1|f1"],
        },
        History {
            name: "one-guid-in-two-feeds-for-two-articles",
            pattern: "",
            polls: vec![vec![
                vec![entry(0, "1", "https://w.example/brug")],
                vec![entry(1, "1", "https://w.example/zwembad")],
            ]],
            expected: &["Kop 0|1|f0", "Kop 1|1|f1"],
        },
    ]
}

pub(super) fn histories() -> Vec<History> {
    [changed_keys(), edited(), apart(), in_several_feeds()].into_iter().flatten().collect()
}
