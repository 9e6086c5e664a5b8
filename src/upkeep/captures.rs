//! Whether what was kept as servers sent it is still what was read.

use crate::model::time::Timestamp;
use crate::store::captures::{self, Capture, Filter};
use crate::store::progress::{Progress, Step};
use crate::store::verify::Checked;
use crate::store::{Layout, Reader};
use crate::upkeep::Error;
use crate::warc::{Place, read, record};

/// Problems that are told.
const PROBLEMS_MAX: usize = 20;

/// Where a capture lies.
pub fn place(capture: &Capture) -> Place {
    Place { file: capture.file.clone(), offset: capture.offset, length: capture.length }
}

/// Every capture, read again and compared with its digest.
pub(super) fn all(reader: &Reader, layout: &Layout, progress: &Progress) -> Result<Checked, Error> {
    let filter = Filter { article: None, outlet: None, since: Timestamp::EPOCH };
    let mut checked = Checked::default();
    captures::list(reader, &filter, |capture| {
        checked.n += 1;
        progress.tell(Step::Checking);
        if let Some(problem) = problem(layout, &capture)
            && checked.problems.len() < PROBLEMS_MAX
        {
            checked.problems.push(format!("{}: {problem}", capture.url));
        }
        true
    })?;
    Ok(checked)
}

/// Why a capture is not what the archive says it is.
pub fn problem(layout: &Layout, capture: &Capture) -> Option<String> {
    let records = match read::exchange(&layout.warc(), &place(capture)) {
        Ok(records) => records,
        Err(error) => return Some(error.to_string()),
    };
    let named = format!("<{}>", capture.record_id);
    let is_answer = |record: &&read::Record| record.header("WARC-Record-ID") == Some(&named);
    let Some(answer) = records.iter().find(is_answer) else {
        return Some(format!("the record {named} is not there"));
    };
    for record in &records {
        let stated = record.header("WARC-Block-Digest");
        if stated.is_some_and(|stated| stated != record::digest(&record.block)) {
            return Some(format!("a {} record was changed", record.kind()));
        }
    }
    if answer.kind() == "response" && capture.digest.is_some() {
        let found = record::digest(answer.payload());
        if capture.digest.as_ref() != Some(&found) {
            return Some("the document is not the one that was read".to_owned());
        }
    }
    None
}
