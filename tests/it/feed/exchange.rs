//! `knipsel feed import` and `export`.

use crate::feed::{Home, LIST};

#[test]
fn a_list_goes_out_and_comes_back_as_opml() {
    let home = Home::with_list(LIST);
    let opml = home.run("feed export");
    assert_eq!(opml.code, 0);
    let file = home.path().join("reader.opml");
    std::fs::write(&file, &opml.stdout).unwrap();
    let other = Home::with_list("");
    let imported = other.run_with(&["feed", "import", file.to_str().unwrap()]);
    insta::assert_snapshot!(imported.all(), @r"
    0
    added 2 feeds: de-dorpspomp, nos-binnenland; `knipsel run` polls them
    ");
    insta::assert_snapshot!(other.list_text(), @r#"
    [[feed]]
    name = "de-dorpspomp"
    url = "https://dorp.example/rss"
    tags = ["De Dorpspomp"]

    [[feed]]
    name = "nos-binnenland"  # NOS, Binnenland
    "#);
    let again = other.run_with(&["feed", "import", file.to_str().unwrap()]);
    insta::assert_snapshot!(again.all(), @r"
    0
    2 were listed already: de-dorpspomp, nos-binnenland
    ");
    insta::assert_snapshot!(other.run("feed export --format toml").stdout, @r#"
    [[feed]]
    name = "de-dorpspomp"
    url = "https://dorp.example/rss"
    tags = ["De Dorpspomp"]

    [[feed]]
    name = "nos-binnenland"  # NOS, Binnenland
    "#);
}

#[test]
fn an_import_tells_what_it_left_out() {
    let home = Home::with_list(LIST);
    let import = |text: &str| {
        let file = home.path().join("reader.opml");
        std::fs::write(&file, text).unwrap();
        home.run_with(&["feed", "import", file.to_str().unwrap()]).all()
    };
    insta::assert_snapshot!(import("<opml><body><outline text=\"Groep\u{9b}\"><outline text=\"Los\" \
        xmlUrl=\"https://los.example/\"/><outline text=\"Oud\" xmlUrl=\"gopher://oud.example\"/>\
        <outline text=\"Leeg\"/></outline></body></opml>"), @r"
    0
    warning: `~/reader.opml`: line 1: an outline without `xmlUrl` is left out
    warning: `~/reader.opml`: `gopher://oud.example` is not an http or https URL; left out
    added los; `knipsel run` polls it
    ");
    assert!(
        home.list_text()
            .ends_with("name = \"los\"\nurl = \"https://los.example/\"\ntags = [\"Groep\"]\n"),
        "{}",
        home.list_text()
    );
    insta::assert_snapshot!(import("<html><body>Hallo</body></html>"), @r"
    3
    knipsel: cannot read feeds from `~/reader.opml`: there is no outline in it; is it OPML?
    ");
    insta::assert_snapshot!(home.run("feed import nergens.opml").all(), @r"
    4
    knipsel: cannot read `nergens.opml`: No such file or directory (os error 2)
    ");
}
