//! A terminal, and what is longer than a screen of it.

use crate::program::Program;

/// Two articles with a storm in them.
fn archive() -> Program {
    let program = Program::new();
    let lines = [1, 2].map(|n| {
        format!(
            r#"{{"id":"{n}","title":"Storm {n}","text":"De storm raasde.","published":"2022-01-0{n}"}}"#
        )
    });
    std::fs::write(program.home().join("artikelen.jsonl"), lines.join("\n")).unwrap();
    program.ok(&["import", "artikelen.jsonl"]);
    program
}

/// Makes it seen which lines passed it.
const MARKS: &str = "sed 's/^/|/'";

#[track_caller]
fn lines(program: &Program, environment: &[(&str, &str)], arguments: &str) -> Vec<String> {
    let shown = program.on_a_terminal(environment, arguments);
    let lines: Vec<String> = shown.lines().map(|line| line.trim_end().to_owned()).collect();
    assert!(lines.iter().any(|line| line.contains("Storm 2")), "{lines:?}");
    lines
}

#[test]
fn answers_on_a_terminal_are_paged_with_their_notes_and_colors() {
    let program = archive();
    let shown = lines(&program, &[("PAGER", MARKS)], "search storm");
    assert!(shown.iter().all(|line| line.starts_with('|')), "{shown:?}");
    assert!(shown.iter().any(|line| line.contains("2 articles found")), "{shown:?}");
    assert!(shown.iter().any(|line| line.contains("\u{1b}[1m")), "{shown:?}");
    let plain = lines(&program, &[("PAGER", MARKS), ("NO_COLOR", "1")], "search storm");
    assert!(plain.iter().all(|line| !line.contains('\u{1b}')), "{plain:?}");
}

#[test]
fn who_wants_no_pager_has_none() {
    let program = archive();
    for (environment, arguments) in [
        (vec![("PAGER", MARKS)], "search storm --no-pager"),
        (vec![("PAGER", MARKS), ("KNIPSEL_PAGER", "")], "search storm"),
        (vec![("PAGER", "cat")], "search storm"),
        (vec![("PAGER", MARKS)], "search storm | cat"),
    ] {
        let shown = lines(&program, &environment, arguments);
        assert!(shown.iter().all(|line| !line.starts_with('|')), "{arguments}: {shown:?}");
    }
}

#[test]
fn a_pager_that_fails_or_stops_early_harms_nothing() {
    let program = archive();
    let shown = program.on_a_terminal(&[("PAGER", "head -n 1")], "search storm; echo code $?");
    assert!(shown.contains("code 0") && !shown.contains("Broken pipe"), "{shown}");
    let shown = program.on_a_terminal(&[("PAGER", "true")], "search xqzw; echo code $?");
    assert!(shown.contains("code 1"), "{shown}");
    let shown = program.on_a_terminal(&[("PAGER", "nergens-te-vinden")], "search storm");
    assert!(shown.contains("not found") && shown.contains("Storm 2"), "{shown}");
}
