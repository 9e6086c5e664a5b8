//! A body, read piece by piece within its limits.
//!
//! The HTTP client decompresses while we read, a few kilobytes at a time, so what is counted here
//! is decompressed bytes, and a bomb is left after `body_max` of them. Its other shape, compressed
//! bytes that become nothing at all, delivers no piece and meets the idle timeout.

use hyper::body::Bytes;

use crate::fetch::lanes::{Lanes, Room};
use crate::fetch::{Options, failure};
use crate::model::fetch::{Failure, FailureClass};
use crate::model::units::ByteSize;

/// The most that is set aside for what a server announces; it may not keep its word.
const RESERVE_BYTES_MAX: u64 = 128 << 10;

/// The whole body of `response`, decompressed, which takes `room` as it grows.
pub(super) async fn read(
    mut response: reqwest::Response,
    options: &Options,
    (lanes, room): (&Lanes, &mut Room),
) -> Result<Vec<u8>, Failure> {
    let ByteSize(max) = options.body_max;
    let announced = response.content_length().unwrap_or(0);
    if announced > max {
        return Err(too_large(options));
    }
    let reserve = usize::try_from(announced.min(RESERVE_BYTES_MAX)).unwrap_or(0);
    let mut body = Vec::with_capacity(reserve);
    while let Some(piece) = piece(&mut response, options).await? {
        if (body.len() + piece.len()) as u64 > max {
            return Err(too_large(options));
        }
        lanes.make_room(room, body.len() + piece.len()).await;
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The first `n` bytes of the body of `response`, decompressed; all of it when it is shorter.
pub(super) async fn read_start(
    mut response: reqwest::Response,
    options: &Options,
    n: usize,
) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while body.len() < n
        && let Some(piece) = piece(&mut response, options).await?
    {
        body.extend_from_slice(&piece[..piece.len().min(n - body.len())]);
    }
    Ok(body)
}

/// The next piece of the body; `None` at its end.
async fn piece(
    response: &mut reqwest::Response,
    options: &Options,
) -> Result<Option<Bytes>, Failure> {
    let Ok(piece) = tokio::time::timeout(options.idle_timeout.0, response.chunk()).await else {
        let reason = format!("the body stopped for {}", options.idle_timeout);
        return Err(Failure::new(FailureClass::Timeout, reason));
    };
    piece.map_err(|error| failure::of_body(&error))
}

fn too_large(options: &Options) -> Failure {
    let reason = format!("the body is larger than `fetch.body_max` ({})", options.body_max);
    Failure::new(FailureClass::Body, reason)
}
