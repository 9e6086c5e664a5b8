//! Asking about stories: who tells one, what each kept, what is shown once.

use serde_json::{Value, json};

use super::{OTHER, WIRE, archive, extended, import};
use crate::program::{Program, redacted};

fn id_of(program: &Program, title: &str) -> String {
    program.rows(&format!("SELECT id FROM articles WHERE title = '{title}'")).remove(0)
}

#[test]
fn a_story_is_shown_with_its_first_and_what_each_kept() {
    let program = archive();
    let id = id_of(&program, "Zeesluis half jaar later");
    insta::assert_snapshot!(redacted(&program.ok(&["story", &id]), &program));
    let story = program.json(&["story", &id]);
    assert_eq!(story["id"], json!(id_of(&program, "Sluis later open")));
    assert_eq!((&story["n_articles"], &story["n_outlets"]), (&json!(3), &json!(3)));
    assert_eq!(story["first_outlet"], json!("Zeeklei"));
    let articles = story["articles"].as_array().unwrap();
    let told = |article: &Value| {
        let key = |key: &str| article[key].clone();
        (key("outlet"), key("is_first"), key("share_from_first"), key("revised"))
    };
    assert_eq!(told(&articles[0]), (json!("Zeeklei"), json!(true), json!(null), json!(false)));
    assert_eq!(told(&articles[2]), (json!("Havenpost"), json!(false), json!(1.0), json!(false)));
    let line = program.ok(&["story", &id, "--format", "jsonl"]);
    assert_eq!(line.lines().count(), 3);
}

#[test]
fn an_article_alone_is_no_story() {
    let program = archive();
    let id = id_of(&program, "Zeearenden uitgevlogen");
    let ran = program.run(&["story", &id]);
    let told = format!("no other article has the text of `{id}`\n");
    assert_eq!((ran.code, ran.stderr), (1, told));
    assert_eq!(program.run(&["story", "zzzz"]).code, 4);
}

#[test]
fn an_agency_is_told() {
    let program = Program::new();
    let wire = format!("TERNEUZEN (ANP) - {WIRE}");
    import(&program, &[("Zeeklei", "09:00", "Een", &wire), ("Dijkbode", "09:30", "Twee", WIRE)]);
    let story = program.json(&["story", &id_of(&program, "Twee")]);
    assert_eq!(story["credit"], json!("ANP"));
    assert_eq!(story["articles"][1]["credit"], json!(null));
    assert_eq!(program.found(&["wire:anp"]), [id_of(&program, "Een")]);
}

#[test]
fn outlets_are_told_by_what_they_share() {
    let program = archive();
    import(&program, &[("Zeeklei", "13:00", "Alleen hier", "Kort bericht van eigen hand.")]);
    let shares = program.ok(&["stats", "wire", "--format", "csv"]);
    let expected = "\
outlet,articles,shared,shared_part,first,exclusive,exclusive_part
Havenpost,1,1,1.0,0,0,0.0
Dijkbode,2,1,0.5,0,1,0.5
Zeeklei,2,1,0.5,1,1,0.5
";
    assert_eq!(shares, expected);
    assert_eq!(program.run(&["stats", "wire", "--since", "2027"]).code, 1);
}

#[test]
fn a_search_shows_a_story_once_or_not_at_all() {
    let program = archive();
    let titles = |arguments: &[&str]| -> Vec<String> {
        let found = program.json(&[&["search"], arguments].concat());
        let title = |article: &Value| article["title"].as_str().unwrap().to_owned();
        found.as_array().unwrap().iter().map(title).collect()
    };
    assert_eq!(titles(&["deuren"]).len(), 3);
    assert_eq!(titles(&["deuren", "--fold"]), ["Zeesluis half jaar later"]);
    assert_eq!(titles(&["--unique"]), ["Zeearenden uitgevlogen"]);
    let found = program.json(&["search", "--fold", "--limit", "2"]);
    let folded: Vec<&Value> = found.as_array().unwrap().iter().map(|a| &a["n_folded"]).collect();
    assert_eq!(folded, [&json!(0), &json!(2)]);
    let page = program.ok(&["search", "deuren", "--fold"]);
    assert!(page.contains("  and 2 other versions: knipsel story "), "{page}");
    assert_eq!(program.run(&["search", "--fold", "--unique"]).code, 2);
}

#[test]
fn two_outlets_versions_are_laid_beside_each_other() {
    let program = archive();
    let [one, other] =
        ["Sluis later open", "Weer uitstel sluis"].map(|title| id_of(&program, title));
    let page = program.ok(&["diff", &one, &other]);
    assert!(
        page.contains("the second keeps 100 % of the first; 89 % of it is from there"),
        "{page}"
    );
    let compared = program.json(&["diff", &one, &other]);
    assert_eq!(compared["a"]["outlet"], json!("Zeeklei"));
    let pieces = compared["passages"].as_array().unwrap();
    let text = |piece: &Value| piece["text"].as_str().unwrap().to_owned();
    assert_eq!(pieces.iter().map(text).collect::<String>(), extended());
    let shared: String = pieces.iter().filter(|p| p["shared"] == json!(true)).map(text).collect();
    assert!(
        shared.starts_with("De nieuwe zeesluis") && shared.ends_with("uur wachten"),
        "{shared}"
    );
    let dimmed = program.ok(&["diff", &one, &other, "--color", "always"]);
    assert!(dimmed.contains("\u{1b}[2mTerneuzen\u{1b}[0m"), "{dimmed}");
    assert!(!dimmed.contains("\u{1b}[2mbond"), "{dimmed}");
    // A second article that is nobody's copy shares nothing.
    let apart = program.json(&["diff", &one, &id_of(&program, "Zeearenden uitgevlogen")]);
    assert_eq!(apart["passages"], json!([{ "shared": false, "text": OTHER }]));
}
