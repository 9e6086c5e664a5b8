//! `knipsel feed`, `config`, `completions` and `man`, as their users see them: how they are run.

mod add;
mod config;
mod discover;
mod exchange;
mod inspect;
mod list;
mod test;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use knipsel::model::time::Timestamp;
use knipsel::press::{self, Press};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A home without any file in it.
struct Home(TempDir);

/// What a run of the program left behind.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A home whose feed list has this text.
    fn with_list(text: &str) -> Self {
        let home = Self::new();
        std::fs::create_dir_all(home.list().parent().unwrap()).unwrap();
        std::fs::write(home.list(), text).unwrap();
        home
    }

    fn list(&self) -> PathBuf {
        self.0.path().join(".config/knipsel/feeds.toml")
    }

    fn list_text(&self) -> String {
        std::fs::read_to_string(self.list()).unwrap()
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs `knipsel` with `args`, which are parted by spaces.
    fn run(&self, args: &str) -> Ran {
        self.run_with(&args.split_whitespace().collect::<Vec<_>>())
    }

    fn run_with(&self, args: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_knipsel"))
            .args(args)
            .args(["--set", "fetch.allow_hosts=[\"127.0.0.1\"]", "--set", "fetch.host_gap=0s"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("COLUMNS", "80")
            .output()
            .unwrap();
        Ran::new(output, self.path())
    }
}

impl Ran {
    /// Folders differ from run to run: the home is `~`.
    fn new(output: Output, home: &Path) -> Self {
        let home = home.display().to_string();
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(&home, "~");
        Self {
            code: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Code, standard error, standard output: what there is of them.
    fn all(&self) -> String {
        format!("{}\n{}{}", self.code, self.stderr, self.stdout)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// The invented press, served from a thread of its own.
struct Kiosk {
    press: Press,
    _runtime: Runtime,
}

impl Kiosk {
    fn open() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        let press = runtime.block_on(press::start(Timestamp::from_seconds(1_790_000_000))).unwrap();
        Self { press, _runtime: runtime }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.press.address())
    }

    /// The port differs from run to run.
    fn all(&self, ran: &Ran) -> String {
        ran.all().replace(&self.press.address().to_string(), "HOST")
    }
}

/// Serves `body` to everyone who asks; gives the URL.
fn serve(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}/rss")
}

const LIST: &str = "\
# My list.

# The village.
[[feed]]
name = \"dorp\"  # ours
url = \"https://dorp.example/rss\"
outlet = \"De Dorpspomp\"

# The news.
[[feed]]
name = \"nos-binnenland\"
";
