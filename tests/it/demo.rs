//! `run --demo`: the README's first command.

use std::fs;

use knipsel::press::edition::LAST_SCENE;
use knipsel::press::script;

use crate::program::Program;

#[test]
fn the_demo_stores_the_whole_invented_day_and_answers_questions() {
    let program = Program::new();
    let ran = program.run(&["run", "--demo"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let expected = script::expected(LAST_SCENE);
    let stored = format!(
        "Stored {} articles and {} later revisions",
        expected.articles,
        expected.revisions - expected.articles
    );
    assert!(ran.stderr.contains(&stored), "{}", ran.stderr);
    assert!(ran.stdout.contains("Lavrov") && ran.stdout.contains("Brugwacht"), "{}", ran.stdout);
    for trouble in ["it is a web page, not a feed", "the server asks to wait"] {
        assert!(ran.stderr.contains(trouble), "{trouble} in\n{}", ran.stderr);
    }
    let dir = ran.stderr.lines().find_map(|line| line.split_once(" archive ")).unwrap().1;
    let found = program.run(&["--archive", dir, "search", "dijkverzwaringen", "--format", "jsonl"]);
    assert_eq!((found.code, found.stdout.lines().count()), (0, 2), "{}", found.stdout);
    fs::remove_dir_all(dir).unwrap();
}
