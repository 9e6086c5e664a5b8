//! Pages that would break whoever reads them, among pages that are read.

use crate::news::{Item, item, rss};
use crate::pages::{AT_ONCE, page, paragraphs};
use crate::program::Program;
use crate::web::{Route, Web};

#[test]
fn a_hostile_page_has_a_state_that_says_why_and_harms_no_other() {
    let web = Web::start();
    let good = page(&item(0).title, &paragraphs(), 0);
    let binary: Vec<u8> = (0..100_000_u32).map(|n| (n * 7919 % 251) as u8).collect();
    let bomb = format!("<script type='application/ld+json'>{}</script></head>", "[".repeat(90_000));
    let pages: [(&str, Vec<u8>); 6] = [
        ("too_deep", "<div>".repeat(50_000).into_bytes()),
        ("too_large", good.replace("<nav>", &" ".repeat(6 << 20)).into_bytes()),
        ("not_html", binary),
        ("", good.replace("</head>", &bomb).into_bytes()),
        ("", good.replace("Zuidlaren", "Zuid\0laren").into_bytes()),
        ("", good.clone().into_bytes()),
    ];
    let items: Vec<Item> = (0..pages.len())
        .map(|n| Item { link: web.url(&format!("/nieuws/120000{n}/x")), ..item(n) })
        .collect();
    for (n, (_, body)) in pages.iter().enumerate() {
        web.set(&format!("/nieuws/120000{n}/x"), Route::document(body.clone()));
    }
    web.set("/rss", Route::document(rss(&items)));
    let program = Program::with_pages(&web.url("/rss"));
    for _ in 0..2 {
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    }
    let states = "SELECT coalesce(last_error, '') FROM pages ORDER BY url";
    assert_eq!(program.rows(states), pages.map(|(state, _)| state));
    let read = "SELECT count(*) FROM revisions WHERE source = 'page'";
    assert_eq!(program.rows(read), ["3"]);
}
