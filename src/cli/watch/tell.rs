//! Telling a command and a webhook what is new.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::cli::args::Global;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format};
use crate::cli::run::runtime;
use crate::cli::watch::record;
use crate::cli::{log, setup};
use crate::fetch::client::Client;
use crate::fetch::{Request, Sent};
use crate::model::feed::Validators;
use crate::service::clock;
use crate::store::library::Article;
use crate::store::watches::Watch;

/// Tells whoever `watch` tells; the first that does not take it ends it.
pub(super) fn all(global: &Global, watch: &Watch, found: &[Article]) -> Result<(), Failure> {
    let articles: Vec<Value> =
        found.iter().map(|article| Value::Object(record(watch, article, Format::Jsonl))).collect();
    if let Some(command) = &watch.command {
        tell_command(watch, command, &articles)?;
    }
    if let Some(url) = &watch.webhook {
        let message = json!({ "watch": watch.name, "query": watch.query, "articles": articles });
        tell_webhook(global, url, &message)?;
    }
    Ok(())
}

/// Runs the command with what is new on its standard input.
fn tell_command(watch: &Watch, command: &str, articles: &[Value]) -> Result<(), Failure> {
    let failed = |what: String| Failure::new(Exit::NotFound, format!("the command {what}"));
    let mut child = Command::new("sh")
        .args(["-c", command])
        .env("KNIPSEL_WATCH", &watch.name)
        .stdin(Stdio::piped())
        // What it says is not our data.
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    if let Some(mut input) = child.stdin.take() {
        for article in articles {
            // One that does not read what is new has been told of it too.
            if writeln!(input, "{}", out::json(article)).is_err() {
                break;
            }
        }
    }
    let status = child.wait().map_err(|error| failed(format!("was lost: {error}")))?;
    if status.success() { Ok(()) } else { Err(failed(format!("ended with {status}"))) }
}

/// Sends what is new, by the rules of every other request.
fn tell_webhook(global: &Global, url: &str, message: &Value) -> Result<(), Failure> {
    log::start(global)?;
    let options = setup::settings(global, &setup::paths(global)?)?.settings.fetch;
    let client = Client::new(options)?;
    let validators = &Validators::default();
    let request = Request { url, validators, user_agent: None, now: clock::now() };
    let message = out::json(message);
    let answer = runtime()?.block_on(client.post(&request, Sent::Json(&message)));
    // The address may be a secret.
    answer.map_err(|refusal| {
        let reason = format!("the webhook did not take it: {}", refusal.reason);
        Failure::new(Exit::Network, reason).hint("it is told again the next time")
    })
}
