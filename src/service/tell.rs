//! Runs the owner's commands, for alarms and saved searches: one at a time, with a limit on its time.

use std::ffi::OsStr;
use std::path::Path;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::alarm::{self, Alarm, Condition};

/// How long a command may take; then it is killed, with all it started.
pub const TIME_MAX: Duration = Duration::from_secs(60);

/// How much of what it complains of is kept.
const COMPLAINT_BYTES_MAX: usize = 400;

/// How long its last complaint may take to arrive. What it left running may hold its pipes for hours.
const LAST_WORDS_MAX: Duration = Duration::from_secs(1);

/// What came of telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) condition: Condition,
    /// Why the command was in vain.
    pub(super) failure: Option<String>,
}

/// Tells of `alarms`, one after the other.
pub(super) async fn all(command: &str, archive: &Path, alarms: Vec<Alarm>) -> Vec<Told> {
    let mut told = Vec::with_capacity(alarms.len());
    for alarm in alarms {
        let failure = tell(command, archive, &alarm, TIME_MAX).await.err();
        told.push(Told { condition: alarm.condition, failure });
    }
    told
}

async fn tell(
    command: &str,
    archive: &Path,
    alarm: &Alarm,
    time_max: Duration,
) -> Result<(), String> {
    let (since, advice) = (alarm.since.to_rfc3339(), alarm.condition.advice());
    let values = [
        alarm.condition.as_str().as_ref(),
        alarm.text.as_ref(),
        since.as_ref(),
        advice.as_ref(),
        archive.as_os_str(),
    ];
    let facts = json!({
        "alarm": alarm.condition.as_str(),
        "text": alarm.text,
        "since": since,
        "advice": advice,
        "archive": archive.to_string_lossy(),
    });
    let variables: Vec<(&str, &OsStr)> = alarm::VARIABLES.into_iter().zip(values).collect();
    run(command, &variables, &format!("{facts}\n"), time_max).await
}

/// Runs `command` by a shell, with `variables` in its environment and `input` on its standard input.
/// One that is not done after `time_max` is killed, with all it started. The error says why it was in
/// vain.
pub async fn run(
    command: &str,
    variables: &[(&str, &OsStr)],
    input: &str,
    time_max: Duration,
) -> Result<(), String> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("cannot be run: {error}"))?;
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    if let Ok(ended) = timeout(time_max, attend(&mut child, input)).await {
        return ended;
    }
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait().await;
    Err(format!("took longer than {} s and was killed", time_max.as_secs()))
}

async fn attend(child: &mut Child, facts: &str) -> Result<(), String> {
    let (input, complaints) = (child.stdin.take(), child.stderr.take());
    let mut kept = Vec::new();
    let feed = async {
        if let Some(mut input) = input {
            // One that does not read what it is told has been told too.
            let _ = input.write_all(facts.as_bytes()).await;
        }
    };
    let status = {
        let mut pipes = pin!(async { tokio::join!(feed, read_beginning(complaints, &mut kept)) });
        let mut ended = pin!(child.wait());
        tokio::select! {
            status = &mut ended => {
                let _ = timeout(LAST_WORDS_MAX, pipes).await;
                status
            }
            _ = &mut pipes => ended.await,
        }
    };
    let complaint = String::from_utf8_lossy(&kept);
    judge(status, &complaint.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn judge(status: std::io::Result<ExitStatus>, complaint: &str) -> Result<(), String> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) if complaint.is_empty() => Err(format!("ended with {status}")),
        Ok(status) => Err(format!("ended with {status}: {complaint}")),
        Err(error) => Err(format!("was lost: {error}")),
    }
}

/// Keeps the beginning of what comes in; all of it is read, so that nobody waits for us.
async fn read_beginning(source: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut source) = source else { return };
    let mut buffer = [0; 1024];
    while let Ok(n @ 1..) = source.read(&mut buffer).await {
        let room = COMPLAINT_BYTES_MAX - kept.len();
        kept.extend_from_slice(&buffer[..n.min(room)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    async fn told(command: &str, time_max: Duration) -> Result<(), String> {
        let alarm = Alarm {
            condition: Condition::Quiet,
            since: Timestamp::from_seconds(1_700_000_000),
            text: "nothing \"new\"; $(rm -r /)".to_owned(),
        };
        tell(command, Path::new("/archief"), &alarm, time_max).await
    }

    #[tokio::test]
    async fn the_command_has_the_facts_in_its_environment_and_on_its_input() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("facts");
        let command = format!("env | grep ^KNIPSEL_ | sort > '{0}'; cat >> '{0}'", file.display());
        assert_eq!(told(&command, TIME_MAX).await, Ok(()));
        let said = std::fs::read_to_string(&file).unwrap();
        insta::assert_snapshot!(said);
    }

    #[tokio::test]
    async fn one_that_fails_says_why_and_one_that_hangs_is_killed_with_its_children() {
        let failed = told("echo geen post >&2; exit 3", TIME_MAX).await.unwrap_err();
        assert_eq!(failed, "ended with exit status: 3: geen post");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("late");
        let command = format!("(sleep 1; touch '{}') & sleep 60", file.display());
        let failed = told(&command, Duration::from_millis(300)).await.unwrap_err();
        assert!(failed.ends_with("and was killed"), "{failed}");
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert!(!file.exists());
    }

    #[tokio::test]
    async fn one_that_leaves_something_running_is_done_when_it_ends_itself() {
        let short = Duration::from_secs(3);
        assert_eq!(told("sleep 6 & echo gedaan >&2", short).await, Ok(()));
        let failed = told("sleep 6 & echo geen post >&2; exit 3", short).await.unwrap_err();
        assert_eq!(failed, "ended with exit status: 3: geen post");
    }

    #[tokio::test]
    async fn a_flood_of_complaints_is_cut() {
        let failed = told("yes klacht | head -c 300000 >&2; exit 1", TIME_MAX).await.unwrap_err();
        assert!(failed.len() < COMPLAINT_BYTES_MAX + 40, "{}", failed.len());
    }
}
