//! `knipsel feed inspect`: what is read of documents of every kind, and what that takes.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::feed::{Home, Kiosk, Ran};

/// Where the feeds of the invented press are.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds")
}

/// The names of those feeds.
fn names() -> Vec<String> {
    let files = std::fs::read_dir(fixtures()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "README.md").collect();
    names.sort_unstable();
    names
}

fn inspect(home: &Home, names: &[String], format: &str) -> Ran {
    let mut args = vec!["feed".to_owned(), "inspect".to_owned(), format!("--format={format}")];
    args.extend(names.iter().map(|name| fixtures().join(name).display().to_string()));
    home.run_with(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn every_shape_of_feed_is_read_as_its_outlet_means_it() {
    let home = Home::new();
    let names = names();
    assert!(names.len() >= 12, "{names:?}");
    let ran = inspect(&home, &names, "jsonl");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stdout.lines().count(), names.len());
    for (name, line) in names.iter().zip(ran.stdout.lines()) {
        let mut document: Value = serde_json::from_str(line).unwrap();
        let file = document.as_object_mut().unwrap().remove("file").unwrap();
        assert!(file.as_str().unwrap().ends_with(name.as_str()));
        insta::assert_snapshot!(
            name.replace('.', "_"),
            serde_json::to_string_pretty(&document).unwrap()
        );
    }
    insta::assert_snapshot!(
        "as_a_page",
        inspect(&home, &names, "table").stdout.replace(&fixtures().display().to_string(), "feeds")
    );
}

#[test]
fn what_comes_through_a_pipe_or_the_web_is_read_alike() {
    let home = Home::new();
    let run = |args: &[&str], input: &[u8]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_knipsel"))
            .args(args)
            .env_clear()
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::new(child.wait_with_output().unwrap(), home.path())
    };
    let atom = b"<feed><entry><id>1</id><link href='/een'/><title>Een</title></entry></feed>";
    let args = ["feed", "inspect", "-", "--format", "json", "--base", "https://kade.example/rss"];
    let read = run(&args, atom).json();
    assert_eq!(read[0]["file"], "-");
    assert_eq!(read[0]["items"][0]["link"], "https://kade.example/een");
    // Without an address nothing says what it is relative to, and that is told.
    let read = run(&args[..5], atom).json();
    assert_eq!(read[0]["items"][0]["link"], "/een");
    assert_eq!(read[0]["repairs"]["relative-link"], 1);

    let kiosk = Kiosk::open();
    kiosk.press.set_scene(11);
    let url = kiosk.url("/zuidoever/rss.xml");
    let read = home.run_with(&["feed", "inspect", &url, "--format", "json"]);
    assert_eq!(read.code, 0, "{}", read.stderr);
    assert_eq!(read.json()[0]["entries"], 8);
}

#[test]
fn what_is_no_feed_says_so_and_holds_up_no_other() {
    let home = Home::new();
    let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).unwrap();
    write("leeg.xml", " \n");
    write("lijst.opml", "<opml version='2.0'><body/></opml>");
    write("half.xml", "<rss version='2.0'><channel><title>De Ka");
    write(
        "pagina.html",
        "<!DOCTYPE html><html><head><title>Kade</title>\
         <link rel=alternate type=application/rss+xml href=/rss.xml></head></html>",
    );
    let paths = ["leeg.xml", "lijst.opml", "half.xml", "pagina.html"]
        .map(|name| home.path().join(name).display().to_string());
    let base = ["--base", "https://kade.example/"];
    let all = |more: &[&str]| {
        let mut args = vec!["feed", "inspect"];
        args.extend(paths.iter().map(String::as_str).chain(base).chain(more.iter().copied()));
        home.run_with(&args)
    };
    // None of them is a feed: nothing was found, and each says why.
    insta::assert_snapshot!(all(&[]).all(), @r"
    1
    ~/leeg.xml
    problem  it is empty

    ~/lijst.opml
    problem  it is not a readable feed: it begins with `<opml>`

    ~/half.xml
    problem  it is not a readable feed: it is cut off before its first entry

    ~/pagina.html
    problem  it is a web page, not a feed; it links to https://kade.example/rss.xml
    ");
    let problems = all(&["--format", "json"]).json();
    assert!(problems.as_array().unwrap().iter().all(|document| document["ok"] == false));
    assert_eq!(
        problems[3]["problem"],
        "it is a web page, not a feed; it links to https://kade.example/rss.xml"
    );

    // One that is a feed is read, whatever stands beside it; a file that is not there is an error.
    let good = fixtures().join("police.xml").display().to_string();
    let with_good = all(&[&good, "--format", "jsonl"]);
    assert_eq!((with_good.code, &*with_good.stderr), (0, ""));
    let missing = all(&[&good, "~/nergens.xml", "--format", "jsonl"]);
    assert_eq!(missing.stdout.lines().count(), 6);
    assert_eq!(missing.code, 4);
    assert_eq!(
        missing.stderr,
        "knipsel: cannot read `~/nergens.xml`: No such file or directory (os error 2)\n"
    );
    let nothing = home.run("feed inspect");
    assert_eq!((nothing.code, nothing.stdout.is_empty()), (2, true));
}

#[test]
fn what_a_feed_says_reaches_no_terminal_as_a_command() {
    let home = Home::new();
    let path = home.path().join("a.xml");
    let feed = "<rss><channel><title>A&#27;]0;x&#7;</title><item><title>B\u{1b}[31m&#x9b;1m</title>\
                <link>https://a.example/\u{1b}[2J</link></item></channel></rss>";
    std::fs::write(&path, feed).unwrap();
    for format in ["table", "json", "jsonl"] {
        let ran = home.run_with(&["feed", "inspect", path.to_str().unwrap(), "--format", format]);
        assert_eq!(ran.code, 0);
        let is_command = |c: char| c.is_control() && c != '\n';
        assert!(!ran.stdout.contains(is_command), "{format}: {:?}", ran.stdout);
    }
}

/// Documents of about 1 MB made to grow while they are read, and what each may take: eight times
/// its size, beside what 20,000 entries need.
#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded_by_the_size_of_the_document() {
    const ENTRIES_BYTES: usize = 32 << 20;
    // What an allocator may hold back of what was freed.
    const ALLOCATOR_BYTES: usize = 4 << 20;
    let home = Home::new();
    let base = peak(&home, b"<rss><item/></rss>");
    let check = |what: &str, document: &[u8], more: usize| {
        let grown = peak(&home, document).saturating_sub(base);
        let bound = 8 * document.len() + more + ALLOCATOR_BYTES;
        assert!(grown <= bound, "{what}: {} kB of {} kB", grown >> 10, document.len() >> 10);
    };
    for (what, document) in growing() {
        check(what, document.as_bytes(), 0);
    }
    for (what, entry) in [("empty", "<item/>"), ("never closed", "<item><b>")] {
        check(what, rss(&entry.repeat(SIZE / entry.len())).as_bytes(), ENTRIES_BYTES);
    }
    let hidden = rss(&format!("{}<!-- <item> -->", "<item/>".repeat(4_900)));
    check("a second reader", hidden.as_bytes(), ENTRIES_BYTES);
    let euros = item(&"\u{20ac}".repeat(SIZE));
    let (high, _, _) = encoding_rs::WINDOWS_1252.encode(&euros);
    check("one byte a letter", &high, 0);
}

const SIZE: usize = 1 << 20;

fn rss(items: &str) -> String {
    format!("<rss><channel><link>https://a.example/</link>{items}</channel></rss>")
}

fn item(text: &str) -> String {
    rss(&format!("<item><guid>1</guid><description>{text}</description></item>"))
}

/// Documents that could become many times their size.
fn growing() -> Vec<(&'static str, String)> {
    let json = |items: &str| {
        format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{items}0]}}")
    };
    let files = "<enclosure url='?1'/>".repeat(190);
    let files = rss(&format!("<item>{files}</item>").repeat(SIZE / files.len()));
    let long = format!("https://a.example/{}/", "a".repeat(2000));
    vec![
        ("text", item(&"Zo & zo. ".repeat(SIZE / 9))),
        ("markup after text", item(&format!("{}<b>x</b>", "&a".repeat(SIZE / 2)))),
        ("markup", item(&"<b/>".repeat(SIZE / 4))),
        ("a long home", files.replace("https://a.example/", &long)),
        ("a long base", files.replace("<channel>", &format!("<channel xml:base='{long}'>"))),
        ("files", files),
        ("numbers for entries", json(&"0,".repeat(SIZE / 2))),
        ("lists in an entry", json(&format!("{{\"id\":1,\"x\":[{}0]}},", "[],".repeat(SIZE / 3)))),
    ]
}

/// The most memory that the program held until it had read `document`. It is kept from ending by a
/// second document that never comes.
#[cfg(target_os = "linux")]
fn peak(home: &Home, document: &[u8]) -> usize {
    let path = home.path().join("document");
    std::fs::write(&path, document).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_knipsel"))
        .args(["feed", "inspect", path.to_str().unwrap(), "-"])
        .env_clear()
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut page = Vec::new();
    while !page.ends_with(b"\n\n") {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        page.extend(byte);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(child.stdin.take());
    std::io::copy(&mut stdout, &mut std::io::sink()).unwrap();
    child.wait().unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}
