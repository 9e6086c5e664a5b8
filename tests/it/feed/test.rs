//! `knipsel feed test`.

use crate::feed::{Home, Kiosk, LIST, serve};

#[test]
fn a_test_shows_what_is_in_a_feed() {
    let (home, kiosk) = (Home::with_list(LIST), Kiosk::open());
    kiosk.press.set_scene(11);
    let url = kiosk.url("/zuidoever/rss.xml");
    let shown = home.run_with(&["feed", "test", &url]);
    assert_eq!(shown.code, 0);
    // How far back the list reaches depends on today.
    let lines: Vec<&str> =
        shown.stdout.lines().map(|line| line.split("; the list").next().unwrap()).collect();
    let page = lines.join("\n").replace(&kiosk.press.address().to_string(), "HOST");
    insta::assert_snapshot!(page, @r"
    Zuidoever Courant - Regio
           url  http://HOST/zuidoever/rss.xml
        status  200
          type  application/rss+xml
      encoding  windows-1252
       entries  8
          with  GUID 8, link 8, date 8, text 8 (90 words on average)
        newest  2026-09-21 16:24
        oldest  2026-09-21 16:13

    2026-09-21 16:24  Inloopavond dijkverzwaring trekt vierhonderd bewoners
    2026-09-21 16:22  Fanfare Crescendo oefent in kas wegens lekkend dak
    2026-09-21 16:21  Ook brug bij Oudendrecht open door landelijke storing
    2026-09-21 16:19  Café De Gouden Schol na vier generaties in andere handen
    2026-09-21 16:17  Wethouder zet streep door crossbaan in de uiterwaarden
    ");
    let json = home.run_with(&["feed", "test", &url, "--format", "json"]).json();
    assert_eq!(json["encoding"], "windows-1252");
    assert_eq!(json["with_guid"], json["entries"].as_array().unwrap().len());
    assert_eq!(home.list_text(), LIST);
    assert!(!home.path().join(".local").exists());
}

#[test]
fn a_test_says_why_something_is_not_a_feed() {
    let (home, kiosk) = (Home::new(), Kiosk::open());
    let url = kiosk.url("/zuidoever/rss.xml");
    let test = |scene| {
        kiosk.press.set_scene(scene);
        kiosk.all(&home.run_with(&["feed", "test", &url]))
    };
    insta::assert_snapshot!(test(4), @r"
    1
    knipsel: cannot read `http://HOST/zuidoever/rss.xml`: it is not a readable feed: it is cut off before its first entry
           url  http://HOST/zuidoever/rss.xml
        status  200
          type  application/rss+xml
    ");
    insta::assert_snapshot!(test(5), @r"
    1
    knipsel: no feed found: the page at `http://HOST/zuidoever/rss.xml` announces none that works, and there is none at the usual places
    hint: `knipsel feed catalog WORD` searches the catalogue; or give the URL of a feed
    Er ging iets mis
           url  http://HOST/zuidoever/rss.xml
        status  200
          type  text/html; charset=utf-8
    ");
    kiosk.press.set_scene(7);
    let away =
        home.run_with(&["feed", "test", &kiosk.url("/printspoor/feed.json"), "--format", "json"]);
    assert_eq!(away.code, 6);
    assert_eq!(away.json()["status"], 503);
    insta::assert_snapshot!(kiosk.all(&home.run("feed test http://127.0.0.1:1/rss")), @r"
    6
    knipsel: cannot fetch `http://127.0.0.1:1/rss`: cannot connect to `127.0.0.1`: connection refused
    ");
    insta::assert_snapshot!(kiosk.all(&home.run("feed test nos-binenland")), @r"
    4
    knipsel: there is no feed `nos-binenland` in the feed list or the catalogue
    hint: did you mean `nos-binnenland`?
    ");
}

#[test]
fn nothing_hostile_reaches_the_terminal_or_the_list() {
    let url = serve(
        "<rss version=\"2.0\"><channel><title>Dorp&#x9b;2J \u{202e}om</title>\
         <item><title>Kop &#x85;\u{9b}31m\u{202e}tekst</title><link>https://a.example/\u{9b}</link>\
         </item></channel></rss>",
    );
    let home = Home::with_list(LIST);
    let shown: String = ["table", "json", "jsonl", "csv"]
        .map(|format| {
            let ran = home.run_with(&["feed", "test", &url, "--format", format]);
            assert_eq!(ran.code, 0, "{}", ran.all());
            ran.all()
        })
        .concat();
    let added = home.run_with(&["feed", "add", &url]);
    assert_eq!(added.code, 0, "{}", added.all());
    let all = [shown, added.all(), home.list_text()].concat();
    assert!(all.contains("Kop"));
    let is_hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!all.contains(is_hostile), "{all:?}");
}
