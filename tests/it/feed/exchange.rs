//! `knipsel feed import` and `export`.

use crate::feed::{Home, LIST, Ran};

/// What an import of `text` says; `args` follow the file.
fn import(home: &Home, text: impl AsRef<[u8]>, args: &[&str]) -> Ran {
    let file = home.path().join("reader.opml");
    std::fs::write(&file, text).unwrap();
    home.run_with(&[&["feed", "import", file.to_str().unwrap()], args].concat())
}

#[test]
fn a_list_goes_out_and_comes_back_as_opml() {
    let own = "\n[[feed]]\nname = \"stil\"\nurl = \"https://stil.example/feed\"\n\
               tags = [\"een, twee\"]\nfulltext = \"off\"\npaused = true\n";
    let home = Home::with_list(&format!("{LIST}{own}"));
    let opml = home.run("feed export");
    assert_eq!(opml.code, 0);
    let other = Home::with_list("");
    insta::assert_snapshot!(import(&other, &opml.stdout, &[]).all(), @r"
    0
    added 3 feeds: dorp, nos-binnenland, stil; `knipsel run` polls them
    format  OPML
     added  3
    ");
    insta::assert_snapshot!(other.list_text(), @r#"
    [[feed]]
    name = "dorp"
    url = "https://dorp.example/rss"
    outlet = "De Dorpspomp"

    [[feed]]
    name = "nos-binnenland"  # NOS, Binnenland

    [[feed]]
    name = "stil"
    url = "https://stil.example/feed"
    tags = ["een, twee"]
    fulltext = "off"
    paused = true
    "#);
    insta::assert_snapshot!(import(&other, &opml.stdout, &[]).all(), @r"
    0
    format  OPML
     added  0
    listed  3
    ");
    let toml = other.run("feed export --format toml").stdout;
    assert_eq!(toml, other.list_text());
    let third = Home::with_list("");
    assert_eq!(import(&third, &toml, &[]).code, 0);
    assert_eq!(third.list_text(), other.list_text());
}

#[test]
fn an_import_tells_what_it_left_out() {
    let home = Home::with_list(LIST);
    let opml = "<opml><body><outline text=\"Groep\u{9b}\"><outline text=\"Los\" \
        xmlUrl=\"https://los.example/\"/><outline text=\"Oud\" xmlUrl=\"gopher://oud.example\"/>\
        <outline text='Nog eens' xmlUrl='http://www.los.example'/><outline text=\"Leeg\"/>\
        <outline text='Dorp' xmlUrl='https://dorp.example/rss?utm_source=x'/></outline></body></opml>";
    insta::assert_snapshot!(import(&home, opml, &["--dry-run"]).all(), @r"
    0
    warning: `~/reader.opml`: line 1: `Leeg` has no `xmlUrl`; left out
    NAME  STATE     URL
    los   added     https://los.example/
    -     left out  gopher://oud.example
    los   twice     https://los.example/
    dorp  listed    https://dorp.example/rss
    ");
    assert_eq!(home.list_text(), LIST);
    insta::assert_snapshot!(import(&home, opml, &[]).all(), @r"
    0
    warning: `~/reader.opml`: line 1: `Leeg` has no `xmlUrl`; left out
    added los; `knipsel run` polls it
    warning: `gopher://oud.example` is not an http or https URL; left out
      format  OPML
       added  1
      listed  1
       twice  1
    left out  1
    ");
    assert!(
        home.list_text()
            .ends_with("name = \"los\"\nurl = \"https://los.example/\"\ntags = [\"Groep\"]\n"),
        "{}",
        home.list_text()
    );
    let json = import(&home, opml, &["--format", "json"]).json();
    assert_eq!(
        (&json["added"], &json["listed"], &json["left_out"]),
        (&0.into(), &3.into(), &1.into())
    );
    assert_eq!(json["feeds"][3]["name"], "dorp");
    insta::assert_snapshot!(import(&home, "<html><body>Hallo</body></html>", &[]).all(), @r"
    3
    knipsel: cannot read feeds from `~/reader.opml`: there is no outline in it; is it OPML?
    ");
    insta::assert_snapshot!(import(&home, "Zomaar een tekst.\n", &[]).all(), @r"
    3
    knipsel: cannot read feeds from `~/reader.opml`: line 1: no address is in it; left out
    ");
    insta::assert_snapshot!(home.run("feed import nergens.opml").all(), @r"
    4
    knipsel: cannot read `nergens.opml`: No such file or directory (os error 2)
    ");
}

#[test]
fn a_list_of_newsboat_comes_in_with_its_tags() {
    let home = Home::with_list("");
    let urls = "# mijn feeds\nhttps://dorp.example/rss nieuws \"het dorp\" \"~De Dorpspomp\"\n\
                \"query:Ongelezen:unread = \\\"yes\\\"\"\n\
                \"filter:~/bin/schoon.py:https://stil.example/feed\" !\n";
    insta::assert_snapshot!(import(&home, urls, &[]).all(), @r"
    0
    warning: `~/reader.opml`: line 3: a search over other feeds; left out
    added 2 feeds: de-dorpspomp, stil-example; `knipsel run` polls them
    format  newsboat urls
     added  2
    ");
    insta::assert_snapshot!(home.list_text(), @r#"
    [[feed]]
    name = "de-dorpspomp"
    url = "https://dorp.example/rss"
    tags = ["nieuws", "het dorp"]

    [[feed]]
    name = "stil-example"
    url = "https://stil.example/feed"
    "#);
}

#[test]
fn folders_are_tags_of_feeds_that_the_catalogue_knows_too() {
    let home = Home::with_list("");
    let feed = |title: &str, url: &str| {
        format!("<outline text=\"{title}\" type=\"rss\" xmlUrl=\"{url}\"/>")
    };
    let nos = feed("NOS Binnenland", "https://feeds.nos.nl/nosnieuwsbinnenland");
    let dorp = feed("Dorp", "https://dorp.example/rss");
    let folder = |name: &str, feeds: &str| format!("<outline text=\"{name}\">{feeds}</outline>");
    let folders = [folder("Kranten", &format!("{nos}{dorp}")), folder("Eerst lezen", &dorp)];
    let list = format!("<opml version=\"2.0\"><body>{}</body></opml>", folders.concat());
    assert_eq!(import(&home, list, &["--quiet"]).code, 0);
    insta::assert_snapshot!(home.list_text(), @r#"
    [[feed]]
    name = "nos-binnenland"  # NOS, Binnenland
    tags = ["broadcaster", "national", "starter", "Kranten"]

    [[feed]]
    name = "dorp"
    url = "https://dorp.example/rss"
    tags = ["Kranten", "Eerst lezen"]
    "#);
}

#[test]
fn lists_of_other_readers_come_in() {
    let home = Home::with_list("");
    // Miniflux: categories as outlines, attributes of its own.
    let miniflux = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>Miniflux</title>\
        </head><body><outline text=\"Nieuws\"><outline title=\"Dorp\" text=\"Dorp\" xmlUrl=\"https://dorp.example/rss\" \
        htmlUrl=\"https://dorp.example/\" description=\"\"></outline></outline></body></opml>";
    // FreshRSS: scraped pages and lists of lists beside feeds; here without a head, in Latin-1.
    let freshrss = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<opml xmlns:frss=\"https://freshrss.org/opml\" version=\"2.0\">\
        <body><outline text=\"Zeeuws-Vlaanderen &amp; Belgi\xEB\"><outline text=\"Zee & meer\" type=\"rss\" \
        xmlUrl=\"https://zee.example/?a=1&b=2\" frss:priority=\"feed\" frss:cssFullContent=\"article\"/>\
        <outline text=\"Pagina\" type=\"HTML+XPath\" xmlUrl=\"https://p.example/\" frss:xPathItem=\"//article\"/>\
        </outline><outline text=\"Lijst\" frss:opmlUrl=\"https://l.example/x.opml\"/></body></opml>";
    assert_eq!(import(&home, miniflux, &["--quiet"]).code, 0);
    insta::assert_snapshot!(import(&home, freshrss, &[]).all(), @r"
    0
    warning: `~/reader.opml`: line 2: `Pagina` is a page that its reader takes apart, and no feed; left out
    warning: `~/reader.opml`: line 2: `Lijst` is another list, which is not fetched; left out
    added zee-meer; `knipsel run` polls it
    format  OPML
     added  1
    ");
    let plain = "Mijn feeds:\n- Het Wad: https://wad.example/rss\nhttps://ZEE.example/?a=1&b=2\n";
    insta::assert_snapshot!(import(&home, plain, &[]).all(), @r"
    0
    warning: `~/reader.opml`: line 1: no address is in it; left out
    added het-wad; `knipsel run` polls it
    format  addresses
     added  1
    listed  1
    ");
    insta::assert_snapshot!(home.list_text(), @r#"
    [[feed]]
    name = "dorp"
    url = "https://dorp.example/rss"
    tags = ["Nieuws"]

    [[feed]]
    name = "zee-meer"
    url = "https://zee.example/?a=1&b=2"
    tags = ["Zeeuws-Vlaanderen & België"]

    [[feed]]
    name = "het-wad"
    url = "https://wad.example/rss"
    "#);
}
