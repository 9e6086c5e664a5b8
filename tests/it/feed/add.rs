//! `knipsel feed add`.

use crate::feed::{Home, Kiosk, LIST};

#[test]
fn names_of_the_catalogue_are_added_to_a_new_list() {
    let home = Home::new();
    insta::assert_snapshot!(home.run("feed add nu-film nos-binnenland nu-film").all(), @r"
    0
    wrote ~/.config/knipsel/feeds.toml with 40 feeds of the main outlets
    added nu-film; `knipsel run` polls it
    nos-binnenland was listed already
    ");
    assert!(home.list_text().ends_with("\n\n[[feed]]\nname = \"nu-film\"  # NU.nl, Film\n"));
    insta::assert_snapshot!(home.run("feed add nu-film").all(), @r"
    0
    nu-film was listed already
    ");
    assert_eq!(home.run("feed add nu-voetbal --quiet").all(), "0\n");
}

#[test]
fn tags_and_outlets_add_many() {
    let home = Home::with_list(LIST);
    insta::assert_snapshot!(home.run("feed add --tag Weather").all(), @r"
    0
    added 2 feeds: knmi-waarschuwingen, knmi-verwachtingen; `knipsel run` polls them
    ");
    insta::assert_snapshot!(home.run("feed add --outlet nos").all(), @r"
    0
    added 12 feeds: nos-algemeen, nos-buitenland, nos-politiek, nos-economie, nos-tech, nos-cultuur-media and 6 more; `knipsel run` polls them
    nos-binnenland was listed already
    ");
    assert!(home.list_text().starts_with(LIST));
    insta::assert_snapshot!(home.run("feed add --tag wether").all(), @r"
    4
    knipsel: the catalogue has no tag `wether`
    hint: did you mean `weather`?
    ");
    insta::assert_snapshot!(home.run_with(&["feed", "add", "--outlet", "Nossa"]).all(), @r"
    4
    knipsel: the catalogue has no outlet `Nossa`
    hint: did you mean `NOS`?
    ");
    assert_eq!(home.run("feed add --all").code, 0);
    assert!(!home.run("feed catalog --format jsonl").stdout.contains("\"listed\":false"));
}

#[test]
fn what_cannot_be_added_is_explained() {
    let home = Home::with_list(LIST);
    insta::assert_snapshot!(home.run("feed add nos-binenland").all(), @r"
    4
    knipsel: there is no feed `nos-binenland` in the feed list or the catalogue
    hint: did you mean `nos-binnenland`?
    ");
    insta::assert_snapshot!(home.run("feed add 127.0.0.1:1/rss").all(), @r"
    6
    knipsel: cannot fetch `https://127.0.0.1:1/rss`: cannot connect to `127.0.0.1`: connection refused
    ");
    insta::assert_snapshot!(home.run("feed add nu-film --pick 2").all(), @r"
    2
    knipsel: `--pick` goes with the URL of a page
    ");
    insta::assert_snapshot!(home.run("feed add ftp://dorp.example/rss").all(), @r"
    2
    knipsel: `ftp://dorp.example/rss` is not an http or https URL
    ");
    insta::assert_snapshot!(home.run("feed add nu-film --name film").all(), @r"
    2
    knipsel: `--name` and `--section` go with the URL of a feed
    ");
    insta::assert_snapshot!(home.run("feed add http://192.168.1.1/rss --name router").all(), @r"
    6
    knipsel: cannot fetch `http://192.168.1.1/rss`: the URL is at 192.168.1.1, which is not public (private); `fetch.allow_hosts` opens it
    ");
    assert_eq!(home.run("feed add").code, 2);
    assert_eq!(home.list_text(), LIST);
}

#[test]
fn a_feed_by_url_is_named_by_its_title() {
    let (home, kiosk) = (Home::with_list(LIST), Kiosk::open());
    let url = kiosk.url("/peilschaal/rss/Voorpagina");
    let added = home.run_with(&["feed", "add", &url, "--outlet", "De Peilschaal"]);
    insta::assert_snapshot!(kiosk.all(&added), @r"
    0
    added de-peilschaal-nieuws; `knipsel run` polls it
    ");
    let list =
        home.list_text().replace(LIST, "").replace(&kiosk.press.address().to_string(), "HOST");
    insta::assert_snapshot!(list, @r#"

    [[feed]]
    name = "de-peilschaal-nieuws"
    url = "http://HOST/peilschaal/rss/Voorpagina"
    outlet = "De Peilschaal"
    "#);
    insta::assert_snapshot!(home.run_with(&["feed", "add", &url]).all(), @r"
    0
    de-peilschaal-nieuws was listed already
    ");
    let other = kiosk.url("/peilschaal/rss/Binnenland");
    let taken = home.run_with(&["feed", "add", &other, "--name", "dorp"]);
    insta::assert_snapshot!(kiosk.all(&taken), @r"
    2
    knipsel: `dorp` is the name of the feed at `https://dorp.example/rss`
    hint: choose another `--name`
    ");
}

#[test]
fn a_url_of_the_catalogue_is_added_by_its_name_without_asking_the_web() {
    let home = Home::with_list(LIST);
    let added = home.run("feed add https://feeds.nos.nl/nossportalgemeen");
    insta::assert_snapshot!(added.all(), @r"
    0
    added nos-sport-algemeen; `knipsel run` polls it
    ");
    assert_eq!(
        home.list_text(),
        format!("{LIST}\n[[feed]]\nname = \"nos-sport-algemeen\"  # NOS, Sport algemeen\n")
    );
}

#[test]
fn a_page_is_not_added() {
    let (home, kiosk) = (Home::with_list(LIST), Kiosk::open());
    let added = home.run_with(&["feed", "add", &kiosk.url("/peilschaal/"), "--name", "peil"]);
    insta::assert_snapshot!(kiosk.all(&added), @r"
    2
    knipsel: `http://HOST/peilschaal/` is a page with 3 feeds; none was added
    hint: `knipsel feed add http://HOST/peilschaal/ --pick 1` adds the first, `--pick 1,2` several, `--pick all` all; or give the URL of one
     1  De Peilschaal - Nieuws
        http://HOST/peilschaal/rss/Voorpagina
        4 entries over 240w 5h, newest 2026-09-21 16:13
     2  De Peilschaal - Binnenland
        http://HOST/peilschaal/rss/Binnenland
        1 entry, newest 2026-09-21 16:13
     3  De Peilschaal - Buitenland
        http://HOST/peilschaal/rss/Buitenland
        3 entries over 1d 21h, newest 2022-02-16 08:05
    ");
    let missing = home.run_with(&["feed", "add", &kiosk.url("/nergens"), "--name", "peil"]);
    insta::assert_snapshot!(kiosk.all(&missing), @r"
    6
    knipsel: cannot fetch `http://HOST/nergens`: 404 Not Found
    ");
    assert_eq!(home.list_text(), LIST);
}

#[test]
fn a_named_feed_is_added_while_its_host_is_away() {
    let (home, kiosk) = (Home::with_list(LIST), Kiosk::open());
    kiosk.press.set_scene(7);
    let url = kiosk.url("/printspoor/feed.json");
    insta::assert_snapshot!(kiosk.all(&home.run_with(&["feed", "add", &url])), @r"
    6
    knipsel: cannot fetch `http://HOST/printspoor/feed.json`: 503, the server asks to come back in 2s
    ");
    insta::assert_snapshot!(kiosk.all(&home.run_with(&["feed", "add", &url, "--name", "printspoor"])), @r"
    0
    warning: cannot fetch `http://HOST/printspoor/feed.json`: 503, the server asks to come back in 2s; added unseen
    added printspoor; `knipsel run` polls it
    ");
}

#[test]
fn a_feed_that_moved_for_good_is_added_where_it_is() {
    let (home, kiosk) = (Home::with_list(LIST), Kiosk::open());
    kiosk.press.set_scene(8);
    let added = home.run_with(&["feed", "add", &kiosk.url("/belfortblad/atom.xml")]);
    assert_eq!(added.code, 0, "{}", added.all());
    assert!(
        home.list_text().ends_with("/belfortblad/feed/nieuws.atom\"\n"),
        "{}",
        home.list_text()
    );
}
