//! The real binary, in a home of its own and with nothing else from outside.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;

/// What is promised within 5 s may take twice that here: other tests run at the same time, on two
/// cores and without optimization.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// For what must come, and was promised at no moment: a busy machine is no mistake of the program.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks at what is waited for.
const LOOK: Duration = Duration::from_millis(10);

/// Loopback is allowed, nothing is waited for, and a feed is due again after a second, however long
/// the test before that took.
const SETTINGS: &str = "\
[fetch]
allow_hosts = [\"127.0.0.1\"]
host_gap = \"0s\"
page_gap = \"0s\"

[poll]
floor = \"0s\"
ceiling = \"1s\"
";

const NO_PAGES: &str = "fulltext = \"off\"\n";

/// The schema of this program: as many as there are migrations.
pub(crate) fn schema() -> String {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let files = fs::read_dir(migrations).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "sql")).count().to_string()
}

/// A home with settings and feed list, in which the program runs.
#[derive(Debug)]
pub(crate) struct Program {
    home: TempDir,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let code = output.status.code().unwrap();
        Self { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// A program that runs until it is stopped; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Program {
    pub(crate) fn new() -> Self {
        let program = Self { home: TempDir::new().unwrap() };
        fs::create_dir_all(program.config("")).unwrap();
        fs::write(program.config("knipsel.toml"), SETTINGS).unwrap();
        fs::write(program.config("feeds.toml"), "").unwrap();
        program
    }

    /// With one feed, `dijkbode`.
    pub(crate) fn with_feed(url: &str) -> Self {
        let program = Self::new();
        program.list(&[("dijkbode", url)]);
        program
    }

    /// With one feed, `dijkbode`, whose article pages are read.
    pub(crate) fn with_pages(url: &str) -> Self {
        let program = Self::with_feed(url);
        let list = fs::read_to_string(program.config("feeds.toml")).unwrap();
        fs::write(program.config("feeds.toml"), list.replace(NO_PAGES, "")).unwrap();
        program
    }

    /// Writes the feed list: names and addresses, all of one outlet whose links hold its own ids.
    /// No pages are read: most news of the tests links to a host that exists nowhere.
    pub(crate) fn list(&self, feeds: &[(&str, &str)]) {
        let mut list = String::from(
            "[[outlet]]\nname = \"De Dijkbode\"\nlanguage = \"nl\"\n\
             article_id = '/nieuws/([0-9]{7})'\n",
        );
        for (name, url) in feeds {
            let _ = write!(
                list,
                "\n[[feed]]\nname = \"{name}\"\nurl = \"{url}\"\noutlet = \"De Dijkbode\"\n{NO_PAGES}"
            );
        }
        fs::write(self.config("feeds.toml"), list).unwrap();
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// `knipsel.toml`, `feeds.toml`.
    pub(crate) fn config(&self, file: &str) -> PathBuf {
        self.home().join(".config/knipsel").join(file)
    }

    /// A file of the archive.
    pub(crate) fn archive(&self, file: &str) -> PathBuf {
        self.home().join(".local/share/knipsel").join(file)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_knipsel"));
        command.env_clear().env("HOME", self.home()).current_dir(self.home());
        command.args(arguments).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    /// The same, as somebody to whom nothing belongs; for root, whom no permission stops.
    pub(crate) fn as_nobody(&self, arguments: &[&str]) -> Ran {
        const NOBODY: u32 = 65_534;
        let mut command = self.command(arguments);
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            // Neither the home nor the build need be open to others.
            let program = self.home().join("knipsel");
            fs::copy(env!("CARGO_BIN_EXE_knipsel"), &program).unwrap();
            fs::set_permissions(self.home(), fs::Permissions::from_mode(0o755)).unwrap();
            command = Command::new(program);
            command.env_clear().env("HOME", self.home()).current_dir(self.home()).args(arguments);
            command.uid(NOBODY).gid(NOBODY).stdin(Stdio::null());
        }
        Ran::of(&command.output().unwrap())
    }

    /// What a person sees who types `arguments` at a terminal of 80 columns, with `environment`.
    pub(crate) fn on_a_terminal(&self, environment: &[(&str, &str)], arguments: &str) -> String {
        let line = format!("stty cols 80; {} {arguments}", env!("CARGO_BIN_EXE_knipsel"));
        let mut script = Command::new("script");
        script.args(["-qc", &line, "/dev/null"]).stdin(Stdio::null()).env_clear();
        script.env("HOME", self.home()).env("PATH", std::env::var_os("PATH").unwrap());
        script.env("TERM", "xterm").envs(environment.iter().copied());
        String::from_utf8(script.output().unwrap().stdout).unwrap()
    }

    /// What a run that must succeed writes to standard output.
    #[track_caller]
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        ran.stdout
    }

    /// The JSON that a run writes.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--format", "json"]].concat();
        serde_json::from_str(&self.ok(&arguments)).unwrap()
    }

    #[track_caller]
    pub(crate) fn poll_all(&self) {
        self.ok(&["poll", "--all"]);
    }

    /// The ids that a search finds, however many.
    pub(crate) fn found(&self, arguments: &[&str]) -> Vec<String> {
        let all = ["search", "--limit", "1000", "--format", "csv", "--fields", "id"];
        let ran = self.run(&[&all, arguments].concat());
        assert!(ran.code <= 1, "{ran:?}");
        ran.stdout.lines().skip(1).map(str::to_owned).collect()
    }

    /// The archive, as any other program reads it.
    pub(crate) fn database(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(self.archive("archive.db"), flags).unwrap()
    }

    /// The rows of a query, each as its values with `|` between them.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let database = self.database();
        let mut statement = database.prepare(sql).unwrap();
        let n_columns = statement.column_count();
        // Raw, so that parameters may stay NULL: a plan is the same for all values.
        let mut rows = statement.raw_query();
        let mut shown = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..n_columns).map(|column| show(row.get_ref(column).unwrap()));
            shown.push(values.collect::<Vec<_>>().join("|"));
        }
        shown
    }

    /// Starts a command that goes on until it is stopped.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    /// The same with more in its environment.
    pub(crate) fn start_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        let log = self.home().join("log");
        let mut command = self.command(arguments);
        command.envs(environment.iter().copied());
        command.stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        Running { child: command.spawn().unwrap(), log }
    }

    /// Starts the daemon as systemd would, with a socket passed to it under `name`.
    pub(crate) fn activated(&self, socket: TcpListener, name: &str) -> Running {
        let log = self.home().join("log");
        let mut shell = Command::new("/bin/sh");
        let script = "exec 3<&0 </dev/null; LISTEN_PID=$$ exec \"$0\" run";
        shell.args(["-c", script, env!("CARGO_BIN_EXE_knipsel")]);
        shell.env_clear().env("HOME", self.home()).current_dir(self.home());
        shell.envs([("LISTEN_FDS", "1"), ("LISTEN_FDNAMES", name)]);
        shell.stdin(OwnedFd::from(socket)).stdout(Stdio::null());
        shell.stderr(File::create(&log).unwrap());
        let running = Running { child: shell.spawn().unwrap(), log };
        running.wait_for("polling ");
        running
    }

    /// Starts the daemon and waits until it polls.
    pub(crate) fn daemon(&self, arguments: &[&str]) -> Running {
        let running = self.start(&[&["run"], arguments].concat());
        running.wait_for("polling ");
        running
    }
}

fn show(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into(),
    }
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        until(text, || self.log().contains(text).then_some(()));
    }

    /// Sends `TERM`, `HUP`, ….
    pub(crate) fn signal(&self, name: &str) {
        let arguments = [format!("-{name}"), self.id().to_string()];
        assert!(Command::new("kill").args(arguments).status().unwrap().success());
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// SIGKILL: it learns nothing of it.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    #[track_caller]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        until("the program to end", || self.ended())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `look` finds something, at most [`PATIENCE`].
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited {PATIENCE:?} for: {what}");
        thread::sleep(LOOK);
    }
}

/// Takes out what differs from run to run: moments of this run, sizes, the home.
pub(crate) fn redacted(text: &str, program: &Program) -> String {
    let mut text = text.replace(&program.home().display().to_string(), "HOME");
    for (pattern, stand_in) in [
        (r"20(?:2[3-9]|[3-9]\d)-\d\d-\d\d \d\d:\d\d", "YYYY-MM-DD hh:mm"),
        (r"(\s)\d\d-\d\d \d\d:\d\d\b", "${1}MM-DD hh:mm"),
        (r"\b\d+(?:KiB|MiB)\b", "SIZE"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    ] {
        text = regex::Regex::new(pattern).unwrap().replace_all(&text, stand_in).into_owned();
    }
    text
}
