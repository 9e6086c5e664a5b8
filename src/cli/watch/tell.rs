//! Telling a command and a webhook what is new.

use std::ffi::OsStr;

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
use crate::service::tell::{self, TIME_MAX};
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
    let mut input = String::new();
    for article in articles {
        input.push_str(&out::json(article));
        input.push('\n');
    }
    let variables = [("KNIPSEL_WATCH", OsStr::new(&watch.name))];
    let told = runtime()?.block_on(tell::run(command, &variables, &input, TIME_MAX));
    told.map_err(|reason| Failure::new(Exit::NotFound, format!("the command {reason}")))
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
