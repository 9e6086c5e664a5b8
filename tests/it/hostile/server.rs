//! A raw server: bytes as they stand, without a library's politeness. One host a behavior, because
//! every address of 127.0.0.0/8 is a host of its own to the program.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// What is sent in answer to a request; `PATH` in it is the path that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
}

/// What follows.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    Close,
    /// Nothing, and the connection stays open.
    Stall,
    /// The same again and again, with a pause between.
    Repeat(&'static [u8], Duration),
    /// Nothing, and not even the request is read.
    Reset,
}

impl Script {
    pub(crate) fn close(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), then: Then::Close }
    }

    pub(crate) fn then(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        Self { bytes: bytes.into(), then }
    }
}

/// Serves on `host` until the test program ends.
pub(crate) fn serve(host: Ipv4Addr, script: Script) -> SocketAddr {
    let listener = TcpListener::bind((host, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let script = script.clone();
            // Whoever hangs up on a hostile server is right.
            thread::spawn(move || stream.and_then(|stream| answer(&stream, &script)));
        }
    });
    address
}

fn answer(mut stream: &TcpStream, script: &Script) -> io::Result<()> {
    if let Then::Reset = script.then {
        return Ok(());
    }
    let path = read_path(stream)?;
    stream.write_all(&with_path(&script.bytes, &path))?;
    match script.then {
        Then::Close | Then::Reset => {
            // A close with bytes unread would be a reset, and take the answer with it.
            stream.shutdown(std::net::Shutdown::Write)?;
            io::copy(&mut stream, &mut io::sink())?;
        }
        Then::Stall => {
            io::copy(&mut stream, &mut io::sink())?;
        }
        Then::Repeat(piece, pause) => loop {
            stream.write_all(piece)?;
            thread::sleep(pause);
        },
    }
    Ok(())
}

/// The path of a request, or what there is of one: a TLS greeting has none.
fn read_path(stream: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    let line = String::from_utf8_lossy(&line).into_owned();
    if line.starts_with("GET ") {
        let mut header = Vec::new();
        while reader.read_until(b'\n', &mut header)? > 2 {
            header.clear();
        }
    }
    Ok(line.split(' ').nth(1).unwrap_or("/").to_owned())
}

fn with_path(bytes: &[u8], path: &str) -> Vec<u8> {
    match bytes.windows(4).take(500).position(|window| window == b"PATH") {
        Some(at) => [&bytes[..at], path.as_bytes(), &bytes[at + 4..]].concat(),
        None => bytes.to_vec(),
    }
}
