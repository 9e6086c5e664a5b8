//! `knipsel timeline` and `knipsel compare`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use serde_json::json;

use crate::cli::args::{By, CompareArgs, Global, PlotArgs, TimelineArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record, Records};
use crate::cli::periods::{self, Start, hour};
use crate::cli::{indexed, question, setup, sql};
use crate::export::chart::Chart;
use crate::index::search::Searcher;
use crate::query::{Filter, Query};
use crate::service::clock;
use crate::store::Reader;

/// What may be counted at once; more lines nobody tells apart.
const QUERIES_MAX: usize = 6;

pub(super) fn timeline(global: &Global, args: &TimelineArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let query = question::words(&args.question, now)?;
    let filter = question::filter(&args.question.limits, now)?;
    plot(global, &args.plot, &[query], &filter)
}

pub(super) fn compare(global: &Global, args: &CompareArgs) -> Result<Exit, Failure> {
    if args.queries.len() > QUERIES_MAX {
        let message = format!("at most {QUERIES_MAX} queries can be compared");
        return Err(Failure::new(Exit::Usage, message));
    }
    let now = clock::now();
    let queries: Vec<Query> =
        args.queries.iter().map(|text| question::read(text, now)).collect::<Result<_, _>>()?;
    let filter = question::filter(&args.limits, now)?;
    plot(global, &args.plot, &queries, &filter)
}

/// Counts over time.
struct Counts {
    by: By,
    /// What is shown is the share of each period.
    is_share: bool,
    names: Vec<String>,
    /// For each period its name, the articles of each query, and all articles.
    periods: Vec<(String, Vec<u64>, u64)>,
}

fn plot(
    global: &Global,
    args: &PlotArgs,
    queries: &[Query],
    filter: &Filter,
) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    let searcher = indexed::open(&layout, &Reader::open(&layout)?)?;
    let Some(searcher) = searcher else { return Ok(Exit::NothingFound) };
    let counts = Counts::of(&searcher, queries, filter, args)?;
    if let Some(path) = &args.out {
        counts.draw(path)?;
    }
    match args.format {
        Format::Table => counts.plot()?,
        format => counts.write(format)?,
    }
    let is_empty = counts.periods.iter().all(|(_, found, _)| found.iter().all(|n| *n == 0));
    if is_empty { question::nothing(global, &filter.feeds) } else { Ok(Exit::Done) }
}

impl Counts {
    fn of(
        searcher: &Searcher,
        queries: &[Query],
        filter: &Filter,
        args: &PlotArgs,
    ) -> Result<Self, Failure> {
        let hours: Vec<Vec<(i64, u64)>> =
            queries.iter().map(|query| searcher.hours(query, filter)).collect::<Result<_, _>>()?;
        let mut all_hours: Vec<(i64, u64)> = hours.concat();
        all_hours.sort_by_key(|(hour, _)| *hour);
        let bounds = all_hours.first().zip(all_hours.last());
        let is_share = args.share;
        let names = names(queries);
        let Some(((first, _), (last, _))) = bounds else {
            return Ok(Self { by: By::Day, is_share, names, periods: Vec::new() });
        };
        let within = within(filter, (*first, *last));
        let by = args.by.unwrap_or_else(|| periods::suits(within.0, within.1));
        let all = periods::sums(&searcher.hours(&Query::Everything, filter)?, by, None);
        let found: Vec<BTreeMap<Start, u64>> =
            hours.iter().map(|hours| periods::sums(hours, by, None)).collect();
        let periods = periods::sums(&all_hours, by, Some(within))
            .into_keys()
            .map(|at| {
                let n = |sums: &BTreeMap<Start, u64>| sums.get(&at).copied().unwrap_or_default();
                (periods::name(at, by), found.iter().map(n).collect(), n(&all))
            })
            .collect();
        Ok(Self { by, is_share, names, periods })
    }

    fn write(&self, format: Format) -> Result<(), Failure> {
        let mut records = Records::new(format);
        for (period, found, all) in &self.periods {
            let mut record = Record::from_iter([("period".to_owned(), json!(period))]);
            if let [n] = found[..] {
                record.insert("articles".to_owned(), json!(n));
                record.insert("share".to_owned(), json!(share(n, *all)));
            } else {
                for (name, n) in self.names.iter().zip(found) {
                    record.insert(name.clone(), json!(n));
                }
            }
            record.insert("all".to_owned(), json!(all));
            records.push(record)?;
        }
        records.finish()?;
        Ok(())
    }

    fn draw(&self, path: &Path) -> Result<(), Failure> {
        let values = |n: usize| {
            let value = |(_, found, all): &(String, Vec<u64>, u64)| self.value(found[n], *all);
            self.periods.iter().map(value).collect()
        };
        let series = self.names.iter().enumerate().map(|(n, name)| (name.clone(), values(n)));
        let what = if self.is_share { "per 1,000 articles" } else { "articles" };
        let chart = Chart {
            title: format!("{}: {what} a {}", self.names.join(" / "), period(self.by)),
            periods: self.periods.iter().map(|(name, ..)| name.clone()).collect(),
            series: series.collect(),
        };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let draw: fn(&Chart, &mut dyn io::Write) -> io::Result<()> = match ending {
            "svg" => Chart::svg,
            "png" => Chart::png,
            _ => {
                let message = format!("`{}` ends in neither .svg nor .png", path.display());
                return Err(Failure::new(Exit::Usage, message));
            }
        };
        out::file::file(path, |out| draw(&chart, out))
    }

    fn value(&self, n: u64, all: u64) -> f64 {
        if self.is_share { share(n, all) } else { float(n) }
    }

    /// A line for each period, with a bar for each query.
    fn plot(&self) -> Result<(), Failure> {
        let shown = |n: u64, all: u64| {
            if self.is_share { format!("{:.1}", share(n, all)) } else { n.to_string() }
        };
        let values = self.periods.iter().flat_map(|(_, found, all)| {
            found.iter().map(|n| (self.value(*n, *all), shown(*n, *all).len()))
        });
        let (most, digits) = values.fold((0.0_f64, 1), |(most, digits), (value, length)| {
            (most.max(value), digits.max(length))
        });
        let name_width = self.periods.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
        let columns = out::width().min(100).saturating_sub(name_width) / self.names.len();
        let bar_width = columns.saturating_sub(digits + 3).max(4);
        if self.names.len() > 1 {
            let names = self.names.iter().map(|name| {
                let name: String = out::clean(name).chars().take(columns - 2).collect();
                format!("  {name:<width$}", width = columns - 2)
            });
            let head = format!("{:name_width$}{}", "", names.collect::<String>());
            out::line(&out::dim(head.trim_end()))?;
        }
        for (name, found, all) in &self.periods {
            let mut line = format!("{name:<name_width$}");
            for n in found {
                let bar = bar(self.value(*n, *all) / most, bar_width);
                let _ = write!(line, "  {:>digits$} {bar:<bar_width$}", shown(*n, *all));
            }
            out::line(line.trim_end())?;
        }
        let total = |n: usize| self.periods.iter().map(|(_, found, _)| found[n]).sum::<u64>();
        let totals: Vec<String> = (0..self.names.len()).map(|n| total(n).to_string()).collect();
        let each = if self.is_share { "; per 1,000 articles of each period" } else { "" };
        let word = if totals == ["1"] { "article" } else { "articles" };
        out::note(&format!("{} {word}{each}", totals.join(", ")));
        Ok(())
    }
}

/// The hours that were asked for, and those from the first to the last match where they were not.
fn within(filter: &Filter, (first, last): (i64, i64)) -> (i64, i64) {
    let now = hour(clock::now());
    let until = filter.until.map(|until| hour(until) - 1);
    let is_limited = filter.since.is_some() || until.is_some();
    let end = if is_limited { until.unwrap_or(now).min(now) } else { last };
    (filter.since.map_or(first, hour).min(first), end.max(last))
}

/// A name for each column, other than those that every table has.
fn names(queries: &[Query]) -> Vec<String> {
    let fixed = ["period", "all"].map(str::to_owned);
    let columns: Vec<String> =
        fixed.into_iter().chain(queries.iter().map(ToString::to_string)).collect();
    sql::distinct(&columns).split_off(2)
}

/// A bar of eighths of a column.
fn bar(part: f64, width: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let width = u32::try_from(width).unwrap_or(80);
    let mut bar = String::new();
    for column in 0..width {
        let rest = part * f64::from(width) - f64::from(column);
        if rest >= 1.0 {
            bar.push('█');
            continue;
        }
        let eighths = (0..8_u8).rev().find(|n| rest * 8.0 >= f64::from(*n)).unwrap_or(0);
        if eighths > 0 {
            bar.push(EIGHTHS[usize::from(eighths)]);
        }
        break;
    }
    bar
}

fn period(by: By) -> &'static str {
    match by {
        By::Hour => "hour",
        By::Day => "day",
        By::Week => "week",
        By::Month => "month",
        By::Year => "year",
    }
}

/// In a thousand, to two decimals.
fn share(n: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { (float(n) / float(all) * 100_000.0).round() / 100.0 }
}

fn float(n: u64) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_part() {
        assert_eq!(bar(0.0, 10), "");
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.5, 3), "█▌");
        assert_eq!(bar(f64::NAN, 3), "");
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert!(share(1, 0).abs() < f64::EPSILON && (share(1, 3) - 333.33).abs() < 1e-9);
    }
}
