//! Saved searches: each article is told once, and again only when telling it failed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::program::{Program, until};

fn import(program: &Program, n: u32, text: &str) {
    let line = format!(
        r#"{{"id":"{n}","title":"Bericht {n}","text":"{text}","outlet":"Zeeklei","url":"https://www.zeeklei.example/{n}","published":"2022-02-{n:02}"}}"#
    );
    fs::write(program.home().join("artikel.jsonl"), line).unwrap();
    program.ok(&["import", "artikel.jsonl"]);
}

fn told(program: &Program) -> Vec<String> {
    let ran = program.run(&["watch", "run", "--format", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let titles: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{}: {}", one["watch"].as_str().unwrap(), one["title"].as_str().unwrap())
        })
        .collect();
    assert_eq!(ran.code, i32::from(titles.is_empty()), "{ran:?}");
    titles
}

#[test]
fn two_runs_at_once_tell_once() {
    let program = Program::new();
    import(&program, 1, "Stilte.");
    let command = "touch begonnen; until [ -e verder ]; do sleep 0.02; done; cat >> verteld";
    program.ok(&["watch", "add", "storm", "storm", "--command", command]);
    import(&program, 2, "Een storm.");
    let file = |name: &str| program.home().join(name);
    thread::scope(|scope| {
        let first = scope.spawn(|| program.run(&["watch", "run"]));
        until("the command runs", || file("begonnen").exists().then_some(()));
        let second = program.run(&["watch", "run"]);
        fs::write(file("verder"), "").unwrap();
        assert_eq!((second.code, second.stdout.as_str()), (1, ""), "{second:?}");
        assert!(second.stderr.contains("has not ended yet"), "{second:?}");
        assert_eq!(first.join().unwrap().code, 0);
    });
    assert_eq!(fs::read_to_string(file("verteld")).unwrap().lines().count(), 1);
    assert!(told(&program).is_empty());
}

#[test]
fn what_comes_in_is_told_once() {
    let program = Program::new();
    import(&program, 1, "Een storm van vroeger.");
    program.ok(&[
        "watch",
        "add",
        "storm",
        "storm",
        "--outlet",
        "Zeeklei",
        "--feed-file",
        "storm.xml",
    ]);
    program.ok(&["watch", "add", "regen", "regen", "--feed-file", "regen.json"]);
    assert!(told(&program).is_empty(), "what was there before is not new");
    import(&program, 2, "Een storm met regen.");
    import(&program, 3, "Stilte.");
    assert_eq!(told(&program), ["regen: Bericht 2", "storm: Bericht 2"]);
    assert!(told(&program).is_empty());
    // A text that gets the word later is new to the search then, and one that was told stays so.
    import(&program, 3, "Stilte voor de storm.");
    import(&program, 2, "Een storm met veel regen.");
    import(&program, 1, "Een storm van lang geleden.");
    assert_eq!(told(&program), ["storm: Bericht 3"]);
    let atom = fs::read_to_string(program.home().join("storm.xml")).unwrap();
    assert_eq!(atom.matches("<entry>").count(), 2, "{atom}");
    let shown = program.ok(&["feed", "inspect", "storm.xml"]);
    assert!(shown.contains("Bericht 3"), "{shown}");
    let feed: Value =
        serde_json::from_slice(&fs::read(program.home().join("regen.json")).unwrap()).unwrap();
    assert_eq!(feed["items"][0]["url"], "https://www.zeeklei.example/2");
    let line = |n: usize| {
        format!("{{\"id\":\"s{n}\",\"text\":\"Storm nummer {n}.\",\"outlet\":\"Zeeklei\"}}\n")
    };
    fs::write(program.home().join("veel.jsonl"), (0..60).map(line).collect::<String>()).unwrap();
    program.ok(&["import", "veel.jsonl"]);
    program.ok(&["watch", "run"]);
    let atom = fs::read_to_string(program.home().join("storm.xml")).unwrap();
    assert_eq!(atom.matches("<entry>").count(), 60);
    let list = program.json(&["watch", "list"]);
    assert_eq!((&list[0]["name"], &list[0]["articles"]), (&json!("regen"), &json!(1)));
    assert_eq!(list[1]["query"], "storm outlet:\"Zeeklei\"");
    program.ok(&["watch", "remove", "regen"]);
    let ran = program.run(&["watch", "run", "regen"]);
    assert_eq!((ran.code, ran.stderr.lines().count()), (4, 2), "{ran:?}");
}

#[test]
fn a_command_that_fails_is_asked_again() {
    let program = Program::new();
    import(&program, 1, "Begin.");
    let command = "test -e goed && cat > \"$KNIPSEL_WATCH.txt\"";
    program.ok(&["watch", "add", "wind", "wind", "--command", command]);
    import(&program, 2, "Harde wind.");
    let ran = program.run(&["watch", "run"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("`wind`: the command ended with exit status: 1"), "{ran:?}");
    fs::write(program.home().join("goed"), "").unwrap();
    assert_eq!(told(&program), ["wind: Bericht 2"]);
    let line = fs::read_to_string(program.home().join("wind.txt")).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["text"], "Harde wind.");
    assert!(told(&program).is_empty());
}

/// Takes one request, answers with `status`, and gives its head and body.
fn take(listener: &TcpListener, status: &str) -> (String, Value) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
    reader.get_mut().write_all(answer.as_bytes()).unwrap();
    (head, serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_webhook_gets_what_is_new_until_it_takes_it() {
    let program = Program::new();
    import(&program, 1, "Begin.");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook/geheim", listener.local_addr().unwrap());
    program.ok(&["watch", "add", "wind", "wind", "--webhook", &url]);
    import(&program, 2, "Harde wind.");
    let blocked = program.run(&["--set", "fetch.allow_hosts=[]", "watch", "run"]);
    assert_eq!(blocked.code, 6);
    assert!(blocked.stderr.contains("not public"), "{blocked:?}");
    let server = thread::spawn(move || {
        [take(&listener, "503 Service Unavailable"), take(&listener, "204 No Content")]
    });
    let open = ["watch", "run"];
    let refused = program.run(&open);
    assert_eq!(refused.code, 6);
    assert!(refused.stderr.contains("`wind`: the webhook did not take it: 503"), "{refused:?}");
    assert!(!refused.stderr.contains("geheim"), "{refused:?}");
    assert_eq!(program.run(&open).code, 0);
    assert_eq!(program.run(&open).code, 1, "it is told once");
    for (head, body) in server.join().unwrap() {
        assert!(head.starts_with("POST /hook/geheim ") && head.contains("application/json"));
        assert_eq!((&body["watch"], &body["query"]), (&json!("wind"), &json!("wind")));
        assert_eq!(body["articles"][0]["text"], "Harde wind.");
        assert_eq!(body["articles"].as_array().unwrap().len(), 1);
    }
    let ran = program.run(&["watch", "add", "x", "x", "--webhook", "ftp://x/"]);
    assert_eq!(ran.code, 2);
}
