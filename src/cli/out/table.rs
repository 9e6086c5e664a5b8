//! Records as people read them.

use comfy_table::{ColumnConstraint, ContentArrangement, Row, Table, Width, presets};
use serde_json::Value;

use super::{Record, dim, fact_lines, plain, width};

/// What a name in a table may take of a line.
const NAME_WIDTH: u16 = 32;
/// A column that needs no more than this is never cut.
const SHORT_WIDTH: u16 = 16;
/// Of a column that is cut to less, nothing can be told.
const LEAST_WIDTH: u16 = 6;

/// Records as the lines of a table, or each as a list of its columns where a table would have nothing
/// of them to show.
pub(super) fn lines(records: &[Record]) -> Vec<String> {
    let Some(first) = records.first() else { return Vec::new() };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width()).unwrap_or(u16::MAX));
    table.set_truncation_indicator("…");
    let mut header = Row::from(first.keys().map(|name| name.replace('_', " ").to_uppercase()));
    header.max_height(1);
    table.set_header(header);
    for record in records {
        let mut row = Row::from(first.keys().map(|name| cell(record.get(name))));
        row.max_height(1);
        table.add_row(row);
    }
    let widths = table.column_max_content_widths();
    // The first column names the record, and a name that is cut off cannot be used; times and
    // numbers are short. What is long gives way.
    let kept = |index: usize, width: u16| match if index == 0 { NAME_WIDTH } else { SHORT_WIDTH } {
        kept if index == 0 || width <= kept => Some(width.min(kept)),
        _ => None,
    };
    let least = (0..).zip(&widths).map(|(index, width)| kept(index, *width).unwrap_or(LEAST_WIDTH));
    if least.map(|width| usize::from(width) + 2).sum::<usize>() > width() + 2 {
        return lists(records);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        // Cells are cut at their width, not at a space; no clean text has this character.
        column.set_delimiter('\u{1f}');
    }
    for (column, width) in table.column_iter_mut().zip(widths) {
        if let Some(kept) = kept(column.index, width) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(kept + 2)));
        }
    }
    let table = table.to_string();
    let told = table.lines().map(str::trim_end).enumerate();
    told.map(|(number, told)| if number == 0 { dim(told) } else { told.to_owned() }).collect()
}

fn cell(value: Option<&Value>) -> String {
    plain(value, "-")
}

/// A record after the other, a line for each column.
fn lists(records: &[Record]) -> Vec<String> {
    let mut told = Vec::new();
    for (number, record) in (1..).zip(records) {
        told.extend((number > 1).then(String::new));
        told.push(dim(&format!("── {number} ──")));
        let columns: Vec<(&str, Option<String>)> =
            record.iter().map(|(name, value)| (name.as_str(), Some(cell(Some(value))))).collect();
        told.extend(fact_lines(&columns));
    }
    told
}
