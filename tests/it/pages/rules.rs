//! Rules for the pages of an outlet, which its owner may give in the feed list.

use serde_json::json;

use crate::pages::{AT_ONCE, Outlet, page, paragraphs};

/// A page whose sub-heading stands in a table, and that asks for money between two paragraphs.
fn odd_page(outlet: &Outlet) -> String {
    let plea = "</p><div class=\"doneer\"><p>De Dijkbode kan niet zonder de steun van haar lezers, \
                die elke maand iets over hebben voor nieuws uit de streek.</p></div><p>";
    let html = page(&outlet.item.title, &paragraphs(), 0);
    let text = &paragraphs()[2];
    let aside = "<aside class=\"kader related\"><a href=\"/x\">Wat vooraf ging</a></aside>";
    html.replace(text, &format!("{text}{plea}")).replace("<main>", &format!("<main>{aside}"))
}

/// Gives the outlet these rules.
fn rule(outlet: &Outlet, rules: &str) {
    let path = outlet.program.config("feeds.toml");
    let list = std::fs::read_to_string(&path).unwrap();
    let (outlet, feeds) = list.split_once("[[feed]]").unwrap();
    let outlet = outlet.split("[outlet.extract]").next().unwrap();
    let rules = format!("{outlet}[outlet.extract]\n{rules}\n\n[[feed]]{feeds}");
    std::fs::write(path, rules).unwrap();
}

#[test]
fn what_an_owner_knows_of_a_page_decides_and_is_told() {
    let outlet = Outlet::new();
    outlet.publish(&outlet.item.title, &paragraphs(), 0);
    outlet.serve(crate::web::Route::document(odd_page(&outlet)));
    outlet.poll();
    let text = outlet.article()["text"].to_string();
    assert!(text.contains("kan niet zonder de steun"), "{text}");
    rule(&outlet, "drop = [\".doneer\", \".niet-hier\"]\nunwrap = [\"aside.kader a\"]");
    outlet.poll();
    let article = outlet.article();
    assert_eq!(article["text"], json!(paragraphs().join("\n\n")));
    let id = article["id"].as_str().unwrap();
    let told = outlet.program.json(&["show", id, "--explain"]);
    let expected = json!([
        { "rule": "drop", "selector": ".doneer", "elements": 1 },
        { "rule": "drop", "selector": ".niet-hier", "elements": 0 },
        { "rule": "unwrap", "selector": "aside.kader a", "elements": 1 },
    ]);
    assert_eq!(told["rules"], expected);
    let shown = outlet.program.ok(&["show", id, "--explain"]);
    assert!(shown.contains("rule of the outlet: drop `.doneer`, which found 1\n"), "{shown}");
    let feed = outlet.program.rows("SELECT name FROM feeds").remove(0);
    let feed = outlet.program.json(&["feed", "show", &feed]);
    assert_eq!(feed["page_rules"]["unwrap"], json!(["aside.kader a"]));
}

#[test]
fn another_rule_gives_another_reading_and_no_edit() {
    let outlet = Outlet::new();
    outlet.publish(&outlet.item.title, &paragraphs(), 0);
    outlet.poll();
    assert_eq!(outlet.revisions(), ["feed||0", "page||0"]);
    rule(&outlet, "keep = [\"article > p:nth-of-type(3)\", \".leestijd\"]");
    outlet.program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    let article = outlet.article();
    let text = article["text"].as_str().unwrap();
    assert!(text.contains(&paragraphs()[1]), "{text}");
    assert!(!text.contains(&paragraphs()[3]), "{text}");
    assert!(outlet.program.rows("SELECT id FROM revisions WHERE changed IS NOT NULL").is_empty());
    outlet.poll();
    let asked = outlet.web.asked_for("/nieuws/1200001/zwembad").len();
    assert_eq!((outlet.revisions().len(), asked), (3, 3));
    // A rule that finds nothing is as none.
    rule(&outlet, "keep = [\".wat-niet-bestaat\"]");
    outlet.poll();
    assert_eq!(outlet.article()["text"], json!(paragraphs().join("\n\n")));
}
