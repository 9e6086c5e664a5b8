//! What is asked on the command line: a query, and flags that limit it.

use crate::cli::args::{Global, LimitArgs, QuestionArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::{out, setup, when};
use crate::config::closest;
use crate::model::time::Timestamp;
use crate::query::{self, Field, Filter, Query, Relation, Time};
use crate::store::{Reader, feeds};

/// The words of the query alone; what its dates mean is seen from `now`.
pub(super) fn words(args: &QuestionArgs, now: Timestamp) -> Result<Query, Failure> {
    read(&args.query.join(" "), now)
}

/// The same of one query among several.
pub(super) fn read(text: &str, now: Timestamp) -> Result<Query, Failure> {
    let mut query = query::parse(text)?;
    query.set_times(&|time| when::range(time, now))?;
    Ok(query)
}

/// The flags beside it.
pub(super) fn filter(args: &LimitArgs, now: Timestamp) -> Result<Filter, Failure> {
    let since = args.since.as_deref().map(|text| when::since(text, now)).transpose()?;
    let until = args.until.as_deref().map(|text| when::until(text, now)).transpose()?;
    let text = |at: &Option<String>| at.clone().unwrap_or_default();
    when::check(
        since,
        until,
        &format!("--since {} --until {}", text(&args.since), text(&args.until)),
    )?;
    Ok(Filter {
        since,
        until,
        outlets: args.outlet.clone(),
        feeds: args.feed.clone(),
        ..Filter::default()
    })
}

/// All of it as one query, which says by itself what was asked.
pub(super) fn whole(args: &QuestionArgs, now: Timestamp) -> Result<Query, Failure> {
    let mut parts = match query::parse(&args.query.join(" "))? {
        Query::Everything => Vec::new(),
        Query::All(parts) => parts,
        query => vec![query],
    };
    parts.extend(named(Field::Outlet, &args.limits.outlet));
    parts.extend(named(Field::Feed, &args.limits.feed));
    let times = [(Relation::Since, &args.limits.since), (Relation::Until, &args.limits.until)];
    for (relation, text) in times {
        if let Some(text) = text {
            let text = when::one_word(text, now)?;
            parts.push(Query::Time(Time { relation, text, range: (None, None) }));
        }
    }
    let mut query = match parts.len() {
        0 => Query::Everything,
        1 => parts.remove(0),
        _ => Query::All(parts),
    };
    query.set_times(&|time| when::range(time, now))?;
    Ok(query)
}

fn named(field: Field, names: &[String]) -> Option<Query> {
    // No name has a quote in it that a query could hold.
    let unquoted = |name: &str| name.replace(['"', '“', '”', '„', '‟'], " ");
    let mut names: Vec<Query> = names
        .iter()
        .map(|name| match name.strip_prefix('=') {
            Some(name) if field == Field::Outlet => Query::Exact(unquoted(name)),
            _ => Query::Phrase(unquoted(name)),
        })
        .collect();
    let any = if names.len() > 1 { Query::Any(names) } else { names.pop()? };
    Some(Query::In(field, Box::new(any)))
}

/// A misspelled name would find nothing for ever, and say for ever that all is well.
pub(super) fn check_feeds(reader: &Reader, wanted: &[String]) -> Result<(), Failure> {
    let known = feeds::names(reader)?;
    let Some(name) = wanted.iter().find(|name| !known.contains(name)) else { return Ok(()) };
    let failure = Failure::new(Exit::NotFound, format!("there is no feed `{name}` in the archive"));
    Err(match closest(name, known.iter().map(String::as_str)) {
        Some(suggestion) => failure.hint(format!("did you mean `{suggestion}`?")),
        None => failure,
    })
}

/// How an answer ends in which nothing is found: where no feed has a name that was asked for, that is
/// said.
pub(super) fn nothing(global: &Global, feeds: &[String]) -> Result<Exit, Failure> {
    let reader = Reader::open(&setup::layout(global)?)?;
    if let Err(unknown) = check_feeds(&reader, feeds) {
        out::note(&unknown.to_string());
        unknown.advice().into_iter().for_each(out::note);
    }
    Ok(Exit::NothingFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_several_words_are_one_of_the_query() {
        let now = Timestamp::from_seconds(1_700_000_000);
        let asked = |since: &str| {
            let limits = LimitArgs { since: Some(since.into()), ..LimitArgs::default() };
            let args = QuestionArgs { query: vec!["storm".into()], limits };
            whole(&args, now).map(|query| query.to_string()).ok()
        };
        assert_eq!(asked("1 februari 2024").as_deref(), Some("storm since:2024-02-01"));
        let minute = asked("2024-02-01 08:00").unwrap();
        assert_eq!(minute, "storm since:2024-02-01T07:00:00Z");
        assert!(query::parse(&minute).is_ok());
        assert_eq!(asked("1h 30m").as_deref(), Some("storm since:1h30m"));
        assert_eq!(asked("over een week"), None);
    }

    #[test]
    fn flags_become_part_of_the_query() {
        let args = QuestionArgs {
            query: vec!["storm OR wind".into()],
            limits: LimitArgs {
                since: Some("2022-02".into()),
                until: None,
                outlet: vec!["NU.nl".into(), "NOS".into(), "=De Stem".into()],
                feed: vec!["nos".into()],
            },
        };
        let now = Timestamp::from_seconds(1_700_000_000);
        let query = whole(&args, now).unwrap();
        let text = "(storm OR wind) outlet:(\"NU.nl\" OR \"NOS\" OR =\"De Stem\") feed:\"nos\" since:2022-02";
        assert_eq!(query.to_string(), text);
        let mut again = query::parse(text).unwrap();
        again.set_times(&|time| when::range(time, now)).unwrap();
        assert_eq!(again, query);
    }
}
