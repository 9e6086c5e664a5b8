//! The side of the child: reads pages from standard input until it ends.

use std::io::{self, BufReader, Read, Write};
use std::thread;
use std::time::Duration;

use crate::extract;
use crate::extract::scan::Refusal;
use crate::extract::{PAGE_BYTES_MAX, Page};
use crate::worker::{Job, frame};

/// What a child says when it can take pages.
pub(super) const READY: &[u8] = b"knipsel extraction 1";

/// Parsers recurse; this is twice what a page at the limits of the scan needs.
const STACK_BYTES: usize = 16 << 20;

/// All memory of the process, its binary included.
const ADDRESS_SPACE_BYTES: u64 = 1 << 30;

/// Serves pages from `input` to `output` until the input ends.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<()> {
    limit_memory();
    #[cfg(unix)]
    thread::spawn(end_with_parent);
    let serving = move || pages(BufReader::new(input), output);
    let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn(serving)?;
    // A panic is a page's doing, and the end of this child.
    thread.join().unwrap_or_else(|_| Err(io::Error::other("a page broke the worker")))
}

fn pages(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    frame::write_blocking(&mut output, READY)?;
    loop {
        let job = match frame::read_blocking(&mut input) {
            Ok(job) => job,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let bytes = frame::read_blocking(&mut input)?;
        let answer = read(&job, &bytes)?;
        frame::write_blocking(&mut output, &serde_json::to_vec(&answer)?)?;
    }
}

fn read(job: &[u8], bytes: &[u8]) -> io::Result<Result<Page, Refusal>> {
    if bytes.len() > PAGE_BYTES_MAX {
        return Ok(Err(Refusal::TooLarge));
    }
    let Job { source, rules } = serde_json::from_slice(job)?;
    Ok(extract::page(bytes, &source, &rules))
}

/// Ends the process when its parent is gone: a page on which it hangs would outlive a daemon that was
/// killed, and keep a core busy for ever.
#[cfg(unix)]
fn end_with_parent() {
    const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
    let parent = std::os::unix::process::parent_id();
    while std::os::unix::process::parent_id() == parent {
        thread::sleep(BETWEEN_LOOKS);
    }
    std::process::exit(1);
}

/// Where the system knows no such limit, the time limit must do.
fn limit_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit =
            Rlimit { current: Some(ADDRESS_SPACE_BYTES), maximum: Some(ADDRESS_SPACE_BYTES) };
        let _ = setrlimit(Resource::As, limit);
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
    }
}
