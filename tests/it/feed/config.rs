//! `knipsel config`, `completions`, `man` and `--help`.

use crate::feed::{Home, LIST};

#[test]
fn settings_are_shown_with_where_they_came_from() {
    let home = Home::with_list(LIST);
    std::fs::write(home.list().with_file_name("knipsel.toml"), "[poll]\nfloor = \"5m\"\n").unwrap();
    let shown = home.run("config show").stdout;
    let lines = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.collect();
    for expected in [
        "KEY VALUE ORIGIN",
        "fetch.host_gap \"0s\" --set",
        "poll.floor \"5m\" knipsel.toml:2",
        "poll.ceiling \"15m\" default",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}: {shown}");
    }
    let floor = home.run("config show --format json").json();
    let floor =
        floor.as_array().unwrap().iter().find(|s| s["key"] == "poll.floor").unwrap().clone();
    insta::assert_snapshot!(floor.to_string(), @r#"{"key":"poll.floor","value":"5m","origin":"~/.config/knipsel/knipsel.toml:2"}"#);
    insta::assert_snapshot!(home.run("config paths").all(), @r"
    0
    settings  ~/.config/knipsel/knipsel.toml
       feeds  ~/.config/knipsel/feeds.toml
     archive  ~/.local/share/knipsel  (not there)
    ");
    assert_eq!(home.run("config defaults").stdout, knipsel::config::settings::DEFAULTS);
}

#[test]
fn every_shell_has_completions_and_every_command_a_page() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.run(&format!("completions {shell}"));
        assert!(script.code == 0 && script.stdout.contains("knipsel"), "{shell}");
    }
    assert!(home.run("man").stdout.contains(".TH knipsel 1"));
    let folder = home.path().join("man/man1");
    assert_eq!(home.run_with(&["man", "--out", folder.to_str().unwrap()]).all(), "0\n");
    for page in ["knipsel.1", "knipsel-search.1", "knipsel-feed-add.1"] {
        assert!(folder.join(page).exists(), "{page}");
    }
}

#[test]
fn help_fits_eighty_columns() {
    let home = Home::new();
    let commands = "|run|poll|search|show|revisions|status|import|sql|reindex|config show|\
                    completions|man|feed|feed list|feed show|feed add|feed remove|feed pause|\
                    feed resume|feed test|feed catalog|feed import|feed export";
    for command in commands.split('|') {
        let help = home.run(&format!("{command} --help"));
        let widest = help.stdout.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(help.code == 0 && widest <= 80, "{command}: {widest}");
    }
}
