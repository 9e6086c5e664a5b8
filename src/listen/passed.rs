//! Sockets that a service manager listens on for this program (`sd_listen_fds(3)`), by their names.

use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use listenfd::ListenFd;

/// Where health and counts are told; also a socket whose name says nothing.
pub const MONITOR: &str = "monitor";

/// Where hubs call.
pub const WEBSUB: &str = "websub";

/// What was passed; nothing where no service manager started this program.
#[derive(Debug, Clone, Default)]
pub struct Passed(Arc<HashMap<&'static str, TcpListener>>);

impl Passed {
    /// Takes what was passed to this process. Only the first call finds anything, and it must come
    /// before any thread is started, because it changes the environment.
    ///
    /// # Errors
    /// A socket that is no TCP socket, and two of one name.
    pub fn take() -> io::Result<Self> {
        let names: Vec<String> =
            sd_notify::listen_fds_with_names()?.map(|(_, name)| name).collect();
        let mut passed = ListenFd::from_env();
        let mut sockets = HashMap::new();
        for at in 0..passed.len() {
            let name = meaning(names.get(at).map_or("", String::as_str));
            let socket = passed.take_tcp_listener(at)?;
            if let Some(socket) = socket
                && sockets.insert(name, socket).is_some()
            {
                let text = format!("two sockets were passed for `{name}`");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
        }
        Ok(Self(Arc::new(sockets)))
    }

    /// The socket `name`, once more each time; it goes on listening when it is dropped.
    pub fn socket(&self, name: &str) -> io::Result<Option<TcpListener>> {
        self.0.get(name).map(TcpListener::try_clone).transpose()
    }

    /// Whether the socket `name` was passed.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

fn meaning(name: &str) -> &'static str {
    if name == WEBSUB { WEBSUB } else { MONITOR }
}
