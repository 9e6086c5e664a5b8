//! Changes to the feed list that leave every other byte of it alone.
//!
//! The parsed document says where things are; the change itself is made in the text, so that
//! comments, order and the owner's layout survive.

use std::cmp::Reverse;
use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, Item, Table};

use crate::config::toml::{self, Problem};
use crate::config::{Error, closest, feeds, file};
use crate::model::feed::Feed;

/// A list without feeds.
const NONE: &str = "# no feeds\n";

/// Adds `feed` at the end of the list at `path`.
///
/// A name or URL that is there already is [`Error::AlreadyListed`].
pub fn add(path: &Path, feed: &Feed) -> Result<(), Error> {
    change(path, |text, listed| {
        if let Some(same) = same_as(listed, feed) {
            return Err(Error::AlreadyListed { name: same.name.clone() });
        }
        Ok(appended(text, &[feed]))
    })
}

/// Adds those of `new` whose name and URL are not in the list yet; returns their names.
pub fn add_all(path: &Path, new: &[Feed]) -> Result<Vec<String>, Error> {
    let mut added = Vec::new();
    change(path, |text, listed| {
        let mut fresh: Vec<&Feed> = Vec::new();
        for feed in new {
            let is_repeated = fresh.iter().any(|earlier| is_same(earlier, feed));
            if !is_repeated && same_as(listed, feed).is_none() {
                fresh.push(feed);
            }
        }
        added = fresh.iter().map(|feed| feed.name.clone()).collect();
        Ok(appended(text, &fresh))
    })?;
    Ok(added)
}

/// Removes the feeds `names`, with the comment lines directly above them.
///
/// A name that is not there is [`Error::NoSuchFeed`], and then nothing changes; the same holds for
/// [`pause`] and [`resume`].
pub fn remove(path: &Path, names: &[&str]) -> Result<(), Error> {
    let removed = |text: &str, place: &Place| without(text, &place.block);
    change(path, |text, listed| edit(text, listed, names, removed))
}

/// Keeps the feeds `names` in the list, but not polled.
pub fn pause(path: &Path, names: &[&str]) -> Result<(), Error> {
    change(path, |text, listed| edit(text, listed, names, paused))
}

/// Polls the feeds `names` again.
pub fn resume(path: &Path, names: &[&str]) -> Result<(), Error> {
    change(path, |text, listed| edit(text, listed, names, resumed))
}

/// Gives the feed `name` another address.
pub fn set_url(path: &Path, name: &str, url: &str) -> Result<(), Error> {
    change(path, |text, listed| {
        edit(text, listed, &[name], |text, place| readdressed(text, place, url))
    })
}

/// Applies `edit` to a list that can be read, and writes the result if it can be read too.
fn change(
    path: &Path,
    edit: impl FnOnce(&str, &[Feed]) -> Result<String, Error>,
) -> Result<(), Error> {
    // Held until the new list is written, so that of two edits at once none is lost.
    let _turn = file::turn(path);
    let read = file::read(path)?;
    // Lines end as the owner's do, where they all end so.
    let ends_in_crlf = read.contains('\n') && !read.replace("\r\n", "").contains('\n');
    let text = if ends_in_crlf { read.replace("\r\n", "\n") } else { read };
    let refused = |problems: Vec<Problem>| feeds::invalid(path, problems);
    let listed = feeds::parse(&text).map_err(refused)?;
    let mut edited = edit(&text, &listed)?;
    if edited.trim().is_empty() && !text.trim().is_empty() {
        // So that it is not taken for one that was cut to nothing.
        NONE.clone_into(&mut edited);
    }
    if edited == text {
        return Ok(());
    }
    feeds::parse(&edited).map_err(refused)?;
    let written = if ends_in_crlf { edited.replace('\n', "\r\n") } else { edited };
    file::replace(path, &written)
}

fn is_same(a: &Feed, b: &Feed) -> bool {
    a.name == b.name || a.url == b.url
}

fn same_as<'l>(listed: &'l [Feed], feed: &Feed) -> Option<&'l Feed> {
    listed.iter().find(|other| is_same(other, feed))
}

fn appended(text: &str, new: &[&Feed]) -> String {
    let mut edited = text.to_owned();
    if !new.is_empty() && !text.is_empty() && !text.ends_with('\n') {
        edited.push('\n');
    }
    edited.push_str(&feeds::document_beside(new, text));
    // A list that begins with a feed needs no empty line above it.
    if text.is_empty() { edited.trim_start_matches('\n').to_owned() } else { edited }
}

/// Where a `[[feed]]` table stands in the text.
struct Place {
    /// Whole lines: its own comments, the header, the keys.
    block: Range<usize>,
    /// Where a key could be added: after the last one.
    end_of_keys: usize,
    /// The line of `paused`, and its value within.
    paused: Option<(Range<usize>, Range<usize>)>,
    /// The value of `url`; a feed of the catalogue may have none.
    url: Option<Range<usize>>,
}

fn edit(
    text: &str,
    listed: &[Feed],
    names: &[&str],
    change: impl Fn(&str, &Place) -> String,
) -> Result<String, Error> {
    let mut places = Vec::new();
    for name in names {
        let Some(place) = place_of(text, name) else {
            let suggestion = closest(name, listed.iter().map(|feed| feed.name.as_str()));
            let suggestion = suggestion.map(str::to_owned);
            return Err(Error::NoSuchFeed { name: (*name).to_owned(), suggestion });
        };
        places.push(place);
    }
    // From the end, so that what is still to be changed stays where it is.
    places.sort_by_key(|place| Reverse(place.block.start));
    places.dedup_by_key(|place| place.block.start);
    Ok(places.iter().fold(text.to_owned(), |edited, place| change(&edited, place)))
}

fn place_of(text: &str, name: &str) -> Option<Place> {
    let document: Document<&str> = toml::parse(text).ok()?;
    let tables = document.get("feed")?.as_array_of_tables()?;
    let table =
        tables.iter().find(|table| table.get("name").and_then(Item::as_str) == Some(name))?;
    let header = line_around(text, &table.span()?);
    let end_of_keys = table
        .iter()
        .filter_map(|(_, item)| item.span())
        .map(|span| line_around(text, &span).end)
        .fold(header.end, usize::max);
    Some(Place {
        block: comments_above(text, header.start)..comments_below(text, end_of_keys),
        end_of_keys,
        paused: paused_line(text, table),
        url: table.get("url").and_then(Item::span),
    })
}

fn paused_line(text: &str, table: &Table) -> Option<(Range<usize>, Range<usize>)> {
    let value = table.get("paused")?.span()?;
    Some((line_around(text, &value), value))
}

/// The lines that `span` touches, with the line break.
fn line_around(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
    start..end
}

/// Where the run of comment lines that ends at `start` begins. One that begins the list is of the
/// list.
fn comments_above(text: &str, start: usize) -> usize {
    let mut begin = start;
    for line in text[..start].split_inclusive('\n').rev() {
        if !line.trim_start().starts_with('#') {
            break;
        }
        begin -= line.len();
    }
    if begin == 0 { start } else { begin }
}

/// Where the run of comment lines that begins at `end` ends; none if it leads into a table.
fn comments_below(text: &str, end: usize) -> usize {
    let mut finish = end;
    for line in text[end..].split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            return end;
        }
        if !line.trim_start().starts_with('#') {
            break;
        }
        finish += line.len();
    }
    finish
}

/// `text` without `block` and the empty line that set it apart.
fn without(text: &str, block: &Range<usize>) -> String {
    let (mut before, mut after) = (&text[..block.start], &text[block.end..]);
    let (above, below) =
        (before.split_inclusive('\n').next_back(), after.split_inclusive('\n').next());
    match (above, below) {
        (Some(line), _) if line.trim().is_empty() => before = &before[..before.len() - line.len()],
        (None, Some(line)) if line.trim().is_empty() => after = &after[line.len()..],
        _ => {}
    }
    [before, after].concat()
}

fn paused(text: &str, place: &Place) -> String {
    if let Some((_, value)) = &place.paused {
        return [&text[..value.start], "true", &text[value.end..]].concat();
    }
    let (before, after) = text.split_at(place.end_of_keys);
    let line_break = if before.ends_with('\n') { "" } else { "\n" };
    [before, line_break, "paused = true\n", after].concat()
}

fn readdressed(text: &str, place: &Place, url: &str) -> String {
    let value = toml_edit::Value::from(url).to_string();
    if let Some(old) = &place.url {
        return [&text[..old.start], value.as_str(), &text[old.end..]].concat();
    }
    let (before, after) = text.split_at(place.end_of_keys);
    let line_break = if before.ends_with('\n') { "" } else { "\n" };
    [before, line_break, "url = ", value.as_str(), "\n", after].concat()
}

/// The line goes if it says nothing else; a comment on it stays.
fn resumed(text: &str, place: &Place) -> String {
    let Some((line, value)) = &place.paused else {
        return text.to_owned();
    };
    if text[value.end..line.end].trim().is_empty() {
        return [&text[..line.start], &text[line.end..]].concat();
    }
    [&text[..value.start], "false", &text[value.end..]].concat()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;
    use crate::config::catalogue;

    const LIST: &str = "\
# My list.

# Home.
[[feed]]
name = \"village\"  # ours
url = \"https://village.example/feed\"

# The news:

# national
# and short
[[feed]]
name = \"nos-algemeen\"
tags = [
  \"a\", # first
  \"b\",
]
# url = \"https://old.example\"

[[feed]]
name = \"bruzz\"
paused = true
# below
[[outlet]]
name = \"Village\"
# the end
";

    struct List {
        path: PathBuf,
        _folder: tempfile::TempDir,
    }

    impl List {
        fn new(text: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("feeds.toml");
            std::fs::write(&path, text).unwrap();
            Self { path, _folder: folder }
        }

        fn text(&self) -> String {
            file::read(&self.path).unwrap()
        }
    }

    #[track_caller]
    fn check(edit: impl Fn(&Path) -> Result<(), Error>, expected: &str) {
        let list = List::new(LIST);
        edit(&list.path).unwrap();
        assert_eq!(list.text(), expected);
        let list = List::new(&LIST.replace('\n', "\r\n"));
        edit(&list.path).unwrap();
        assert_eq!(list.text(), expected.replace('\n', "\r\n"));
    }

    #[test]
    fn a_list_whose_last_feed_was_removed_says_so() {
        let list = List::new("[[feed]]\nname = \"a\"\nurl = \"https://a.example/rss\"\n");
        remove(&list.path, &["a"]).unwrap();
        assert_eq!(list.text(), NONE);
        assert!(feeds::load_again(&list.path).unwrap().is_empty());
    }

    #[test]
    fn of_edits_at_the_same_time_none_is_lost() {
        let list = List::new("");
        let names: Vec<_> = catalogue::starter().take(12).collect();
        std::thread::scope(|scope| {
            for feed in &names {
                scope.spawn(|| add(&list.path, feed).unwrap());
            }
        });
        assert_eq!(feeds::load(&list.path).unwrap().len(), names.len());
    }

    #[test]
    fn a_feed_of_the_catalogue_is_added_by_name() {
        let known = catalogue::feed("nos-sport-algemeen").unwrap();
        let entry = "\n[[feed]]\nname = \"nos-sport-algemeen\"  # NOS, Sport algemeen\n";
        check(|path| add(path, known), &format!("{LIST}{entry}"));
    }

    #[test]
    fn another_feed_is_added_with_all_its_keys() {
        let mut feed = Feed::new("club", "https://club.example/feed");
        feed.tags = vec!["sport".to_owned()];
        feed.is_paused = true;
        let entry = "\n[[feed]]\nname = \"club\"\nurl = \"https://club.example/feed\"\n\
                     tags = [\"sport\"]\npaused = true\n";
        check(|path| add(path, &feed), &format!("{LIST}{entry}"));
    }

    #[test]
    fn a_name_or_url_that_is_there_is_not_added() {
        let list = List::new(LIST);
        let by_name = Feed::new("village", "https://other.example");
        let by_url = Feed::new("other", "https://village.example/feed");
        for feed in [by_name, by_url] {
            let error = add(&list.path, &feed).unwrap_err();
            assert_eq!(error.to_string(), "the feed list has `village` already");
        }
        assert_eq!(list.text(), LIST);
    }

    #[test]
    fn many_are_added_at_once_without_doubles() {
        let list = List::new("");
        let new: Vec<Feed> = ["a", "b", "a"]
            .map(|name| Feed::new(name, format!("https://{name}.example")))
            .into_iter()
            .collect();
        assert_eq!(add_all(&list.path, &new).unwrap(), ["a", "b"]);
        assert!(add_all(&list.path, &new).unwrap().is_empty());
        let expected = "[[feed]]\nname = \"a\"\nurl = \"https://a.example\"\n\n\
                        [[feed]]\nname = \"b\"\nurl = \"https://b.example\"\n";
        assert_eq!(list.text(), expected);
    }

    #[test]
    fn a_removed_feed_takes_its_own_comments_along() {
        let own = "\n# national\n# and short\n[[feed]]\nname = \"nos-algemeen\"\n\
                   tags = [\n  \"a\", # first\n  \"b\",\n]\n# url = \"https://old.example\"\n";
        assert!(LIST.contains(own));
        check(|path| remove(path, &["nos-algemeen"]), &LIST.replace(own, ""));
        let own = "\n# Home.\n[[feed]]\nname = \"village\"  # ours\n\
                   url = \"https://village.example/feed\"\n";
        check(|path| remove(path, &["village"]), &LIST.replace(own, ""));
        let own = "\n[[feed]]\nname = \"bruzz\"\npaused = true\n";
        check(|path| remove(path, &["bruzz"]), &LIST.replace(own, ""));
    }

    #[test]
    fn comments_that_begin_the_list_stay_with_it() {
        let list = List::new("# My list.\n# Since 2020.\n[[feed]]\nname = \"bruzz\"\n");
        remove(&list.path, &["bruzz"]).unwrap();
        assert_eq!(list.text(), "# My list.\n# Since 2020.\n");
    }

    #[test]
    fn many_are_removed_at_once_named_twice_or_not() {
        let list = List::new(LIST);
        remove(&list.path, &["bruzz", "village", "bruzz", "nos-algemeen"]).unwrap();
        assert_eq!(
            list.text(),
            "# My list.\n\n# The news:\n# below\n[[outlet]]\nname = \"Village\"\n# the end\n"
        );
    }

    #[test]
    fn pausing_and_resuming_touch_one_line() {
        let before = "url = \"https://village.example/feed\"\n";
        let after = format!("{before}paused = true\n");
        check(|path| pause(path, &["village"]), &LIST.replace(before, &after));
        check(|path| pause(path, &["bruzz"]), LIST);
        check(|path| resume(path, &["bruzz"]), &LIST.replace("paused = true\n", ""));
        check(|path| resume(path, &["village"]), LIST);
        let list = List::new("[[feed]]\nname = \"bruzz\"\npaused = true # holiday");
        resume(&list.path, &["bruzz"]).unwrap();
        assert_eq!(list.text(), "[[feed]]\nname = \"bruzz\"\npaused = false # holiday");
        pause(&list.path, &["bruzz"]).unwrap();
        assert_eq!(list.text(), "[[feed]]\nname = \"bruzz\"\npaused = true # holiday");
    }

    #[test]
    fn another_address_touches_one_line() {
        let old = "url = \"https://village.example/feed\"";
        let new = "url = \"https://www.village.example/feed\"";
        let url = "https://www.village.example/feed";
        check(|path| set_url(path, "village", url), &LIST.replace(old, new));
        let own = "paused = true\n";
        let with_url = format!("{own}url = \"https://b.example/rss\"\n");
        check(
            |path| set_url(path, "bruzz", "https://b.example/rss"),
            &LIST.replace(own, &with_url),
        );
    }

    #[test]
    fn an_unknown_name_changes_nothing_and_gets_a_suggestion() {
        let list = List::new(LIST);
        let error = remove(&list.path, &["bruzz", "vilage"]).unwrap_err();
        assert_eq!(error.to_string(), "there is no feed `vilage` in the feed list");
        assert_eq!(error.hint().as_deref(), Some("did you mean `village`?"));
        assert_eq!(list.text(), LIST);
    }

    #[test]
    fn a_list_that_does_not_load_is_not_touched_nor_made() {
        let list = List::new("[[feed]]\nname = \"nobody\"\n");
        assert!(matches!(pause(&list.path, &["nobody"]), Err(Error::Invalid { .. })));
        let list = List::new(LIST);
        let wrong = Feed::new("x", "gopher://x.example");
        assert!(matches!(add(&list.path, &wrong), Err(Error::Invalid { .. })));
        assert_eq!(list.text(), LIST);
    }

    /// Lists of the catalogue's feeds, comments and empty lines, in any order.
    fn any_list() -> impl Strategy<Value = String> {
        let names = catalogue::feeds().iter().map(|feed| feed.name.as_str()).collect::<Vec<_>>();
        let lines = proptest::collection::vec(prop_oneof!["\n", "# [a-z\\[\\]]{0,9}\n"], 0..4);
        let part = lines.prop_map(|lines| lines.concat());
        (proptest::sample::subsequence(names, 0..5), proptest::collection::vec(part, 6)).prop_map(
            |(names, parts)| {
                let mut text = parts[5].clone();
                for (name, part) in names.iter().zip(&parts) {
                    text.extend(["[[feed]]\nname = \"", name, "\"\n", part]);
                }
                text
            },
        )
    }

    proptest! {
        #[test]
        fn adding_then_removing_leaves_the_list_as_it_was(text in any_list()) {
            let feed = Feed::new("new", "https://new.example/feed");
            let added = appended(&text, &[&feed]);
            prop_assert!(feeds::parse(&added).unwrap().contains(&feed));
            let place = place_of(&added, "new").unwrap();
            prop_assert_eq!(without(&added, &place.block), text);
        }

        #[test]
        fn pausing_then_resuming_leaves_the_list_as_it_was(text in any_list()) {
            for feed in feeds::parse(&text).unwrap() {
                let paused = paused(&text, &place_of(&text, &feed.name).unwrap());
                let expected = Feed { is_paused: true, ..feed.clone() };
                prop_assert!(feeds::parse(&paused).unwrap().contains(&expected));
                let resumed = resumed(&paused, &place_of(&paused, &feed.name).unwrap());
                prop_assert_eq!(resumed, text.clone());
            }
        }

        #[test]
        fn removing_leaves_the_other_feeds_alone(text in any_list()) {
            let listed = feeds::parse(&text).unwrap();
            for feed in &listed {
                let removed = without(&text, &place_of(&text, &feed.name).unwrap().block);
                let others: Vec<Feed> =
                    listed.iter().filter(|other| other.name != feed.name).cloned().collect();
                prop_assert_eq!(feeds::parse(&removed).unwrap(), others);
            }
        }
    }
}
