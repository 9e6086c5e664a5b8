//! Messages between parent and child: four bytes of length, big-endian, then that many bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// An answer is the text of a page of at most 5 MB, in JSON.
const BYTES_MAX: usize = 64 << 20;

/// Writes messages one after the other.
pub(super) async fn write(mut out: impl AsyncWrite + Unpin, messages: &[&[u8]]) -> io::Result<()> {
    for message in messages {
        out.write_all(&length(message)?).await?;
        out.write_all(message).await?;
    }
    out.flush().await
}

/// Reads one message.
pub(super) async fn read(mut from: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length).await?;
    let mut message = vec![0; checked(length)?];
    from.read_exact(&mut message).await?;
    Ok(message)
}

/// [`write()`] for the child, which waits for nothing else.
pub(super) fn write_blocking(mut out: impl io::Write, message: &[u8]) -> io::Result<()> {
    out.write_all(&length(message)?)?;
    out.write_all(message)?;
    out.flush()
}

/// [`read`] for the child.
pub(super) fn read_blocking(mut from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut message = vec![0; checked(length)?];
    from.read_exact(&mut message)?;
    Ok(message)
}

fn length(message: &[u8]) -> io::Result<[u8; 4]> {
    let length = u32::try_from(message.len()).ok().filter(|_| message.len() <= BYTES_MAX);
    length.map(u32::to_be_bytes).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}

fn checked(length: [u8; 4]) -> io::Result<usize> {
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > BYTES_MAX {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    Ok(length)
}
