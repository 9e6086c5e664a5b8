//! `knipsel feed list`, `show`, `catalog`, `remove`, `pause` and `resume`.

use serde_json::Value;

use crate::feed::{Home, Kiosk, LIST};

#[test]
fn a_list_is_shown_without_an_archive() {
    let home = Home::with_list(LIST);
    let feeds = home.run("feed list --format json").json();
    assert_eq!(feeds[0]["outlet"], "De Dorpspomp");
    assert_eq!(feeds[1]["url"], "https://feeds.nos.nl/nosnieuwsbinnenland");
    assert_eq!(feeds[1]["next_poll"], Value::Null);
    let csv = home.run("feed list --format csv");
    insta::assert_snapshot!(csv.stdout, @r#"
    name,url,outlet,section,tags,language,country,paused,fulltext,article_id,user_agent,sitemap,page_rules,replaces,title,articles,last_poll,last_outcome,last_error,last_success,last_new,failures,failing_since,next_poll,next_reason,moved_to,lying_validators,gaps_24h,at_risk
    dorp,https://dorp.example/rss,De Dorpspomp,,,,,false,auto,,,,,,,0,,,,,,0,,,,,false,0,false
    nos-binnenland,https://feeds.nos.nl/nosnieuwsbinnenland,NOS,Binnenland,broadcaster; national; starter,nl,NL,false,auto,"//(?:www\.)?(?:nos|jeugdjournaal)\.nl/(?:[a-z0-9-]+/)*(?:artikel|liveblog|video|l)/([0-9]{6,8})(?:[^0-9]|$)",,,,,,0,,,,,,0,,,,,false,0,false
    "#);
    insta::assert_snapshot!(home.run("feed show dorp").all(), @r"
    0
    dorp
           url  https://dorp.example/rss
        outlet  De Dorpspomp
     last poll  never
    ");
    insta::assert_snapshot!(home.run("feed show nu-film").all(), @r"
    4
    knipsel: feed `nu-film` is in the catalogue, but not in the feed list
    hint: `knipsel feed add nu-film` adds it
    ");
    insta::assert_snapshot!(home.run("feed show dorpp").all(), @r"
    4
    knipsel: there is no feed `dorpp` in the feed list or the catalogue
    hint: did you mean `dorp`?
    ");
}

#[test]
fn a_feed_that_was_polled_shows_how_it_is_doing() {
    let kiosk = Kiosk::open();
    let url = kiosk.url("/zuidoever/rss.xml");
    let home = Home::with_list(&format!("[[feed]]\nname = \"zuidoever\"\nurl = \"{url}\"\n"));
    for (scene, code) in [(3, 0), (5, 6)] {
        kiosk.press.set_scene(scene);
        assert_eq!(home.run("poll --all --quiet").code, code);
    }
    let shown = home.run("feed show zuidoever --format json").json();
    assert_eq!(shown["title"], "Zuidoever Courant - Regio");
    assert_eq!(shown["failures"], 1);
    assert_eq!(shown["fetches"].as_array().unwrap().len(), 2);
    assert_eq!(shown["fetches"][0]["outcome"], "failed");
    assert_eq!(shown["fetches"][1]["new"], shown["articles"]);
    let page = home.run("feed show zuidoever").stdout;
    for part in ["failing since", "it is a web page, not a feed", "FETCHED", "fresh    200"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(home.run("feed list").stdout.contains("failing"));
}

#[test]
fn the_catalogue_is_searched() {
    let home = Home::with_list(LIST);
    insta::assert_snapshot!(home.run("feed catalog nieuwsbinnenland").all(), @r"
    0
    NAME            OUTLET  SECTION     TAGS                            LISTED
    nos-binnenland  NOS     Binnenland  broadcaster, national, starter  yes
    ");
    insta::assert_snapshot!(home.run("feed catalog bruzz --format jsonl").all(), @r#"
    0
    {"name":"bruzz","outlet":"BRUZZ","section":null,"tags":["regional","starter"],"language":"nl-BE","country":"BE","url":"https://www.bruzz.be/rss.xml","listed":false}
    "#);
    insta::assert_snapshot!(home.run("feed catalog zulu").all(), @r"
    1
    no feed of the catalogue has `zulu`
    ");
    let broken = Home::with_list("[[feed]]\nname = \"nos-binenland\"\n");
    insta::assert_snapshot!(broken.run("feed catalog bruzz").all(), @r"
    0
    warning: which feeds are listed is not known: cannot use feed list `~/.config/knipsel/feeds.toml`: line 1: feed `nos-binenland` has no `url` and is not in the catalogue
    NAME   OUTLET  SECTION  TAGS               LISTED
    bruzz  BRUZZ   -        regional, starter  -
    ");
}

#[test]
fn removing_keeps_what_belongs_to_others() {
    let home = Home::with_list(LIST);
    insta::assert_snapshot!(home.run("feed remove dorp").all(), @r"
    0
    removed dorp
    ");
    assert_eq!(
        home.list_text(),
        "# My list.\n\n# The news.\n[[feed]]\nname = \"nos-binnenland\"\n"
    );
}

#[test]
fn a_feed_is_paused_and_resumed() {
    let home = Home::with_list(LIST);
    insta::assert_snapshot!(home.run("feed pause dorp nos-binnenland").all(), @r"
    0
    paused dorp, nos-binnenland
    ");
    assert_eq!(home.list_text().matches("paused = true\n").count(), 2);
    insta::assert_snapshot!(home.run("feed list").all(), @r"
    0
    NAME            OUTLET        STATE   ARTICLES  NEXT
    dorp            De Dorpspomp  paused  -         -
    nos-binnenland  NOS           paused  -         -
    ");
    assert_eq!(home.run("feed resume nos-binnenland dorp").code, 0);
    assert_eq!(home.list_text(), LIST);
}

#[test]
fn one_unknown_name_changes_nothing() {
    let home = Home::with_list(LIST);
    insta::assert_snapshot!(home.run("feed remove dorp nos-binenland").all(), @r"
    4
    knipsel: there is no feed `nos-binenland` in the feed list
    hint: did you mean `nos-binnenland`?
    ");
    assert_eq!(home.list_text(), LIST);
    insta::assert_snapshot!(Home::new().run("feed pause dorp").all(), @r"
    3
    knipsel: there is no feed list at `~/.config/knipsel/feeds.toml` yet
    hint: `knipsel run` or `knipsel feed add NAME` makes one
    ");
}
