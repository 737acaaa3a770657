//! What can be set: every option is a flag and an environment variable.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::auth::origin::{Origin, Origins};
use crate::protocol::limits;

/// Options of `banter serve`.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Port to listen on; 0 takes any that is free
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,

    /// Address to listen on; 0.0.0.0 lets other machines in
    #[arg(long, env = "BANTER_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Folder in which everything is kept; made if it is not there
    #[arg(long, env = "BANTER_DATA", default_value = "data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// Origins (scheme, host and port) whose pages may connect, comma separated; without any, those of the host that the
    /// request itself names. The first one being https makes cookies Secure
    #[arg(long, env = "BANTER_ORIGINS", default_value = "", hide_default_value = true, value_name = "ORIGINS")]
    pub origins: Origins,

    /// Whether one without an account may read and speak
    #[arg(long, env = "BANTER_GUESTS", default_value = "on", value_name = "ON|OFF")]
    pub guests: Switch,

    /// Messages a second that one person may send, four times that at once; all people of one address together send as much
    /// as four; 0 is no limit
    #[arg(long, env = "BANTER_POST_RATE", default_value_t = 5, value_name = "A_SECOND")]
    pub post_rate: u32,

    /// Messages a second in one room, of all people together, four times that at once; 0 is no limit
    #[arg(long, env = "BANTER_ROOM_RATE", default_value_t = 0, value_name = "A_SECOND")]
    pub room_rate: u32,

    /// Whether the lobby keeps its messages; off is for live events and benchmarks
    #[arg(long, env = "BANTER_LOBBY_HISTORY", default_value = "on", value_name = "ON|OFF")]
    pub lobby_history: Switch,

    /// Milliseconds that a busy room with many listeners waits for more to say at once, 10 at most: it is heard a little
    /// later, and costs about half where a hundred messages a second are said; 0 is never
    #[arg(long, env = "BANTER_COALESCE", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=limits::COALESCE_MS), value_name = "MS")]
    pub coalesce: u64,

    /// Proxies of one's own that all people come through, one behind the other: the client's address is read from
    /// `X-Forwarded-For`, so many from the right. 0 is none, and the header says nothing
    #[arg(long, env = "BANTER_PROXIES", default_value_t = 0, value_name = "COUNT")]
    pub proxies: usize,

    /// Handshakes, and new guests, a second from one address, four times that at once, four times as many requests for
    /// history, and a tenth as many log-ins; 0 is no limit by address at all, as a proxy needs it that says nothing of whom it asks for
    #[arg(long, env = "BANTER_CONNECT_RATE", default_value_t = 50, value_name = "A_SECOND")]
    pub connect_rate: u32,

    /// Connections that there may be at once; 0 is as many as the limit of open files allows
    #[arg(long, env = "BANTER_CONNECTIONS", default_value_t = 0, value_name = "COUNT")]
    pub connections: usize,
}

/// Open files of which it is not known how many there may be: what systems allow at least.
const FILES: u64 = 1_024;
/// Of the open files, one in so many is kept for what is no socket of a chat, requests and the database, and at least so
/// many.
const KEPT_OF_FILES: u64 = 10;
const KEPT_FILES: u64 = 64;

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Yes.
    #[value(alias = "true", alias = "1", alias = "yes")]
    On,
    /// No.
    #[value(alias = "false", alias = "0", alias = "no")]
    Off,
}

impl Switch {
    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

impl Config {
    /// Where to listen.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// How long a busy room waits for more to say at once.
    pub fn coalesce(&self) -> Duration {
        Duration::from_millis(self.coalesce)
    }

    /// How many connections there may be at once.
    pub fn most_connections(&self) -> usize {
        if self.connections > 0 { self.connections } else { what_files_allow(open_files()) }
    }

    /// Whether people come over TLS, so that cookies must never go without.
    pub fn is_https(&self) -> bool {
        self.origins.listed().first().is_some_and(Origin::is_https)
    }
}

fn open_files() -> u64 {
    rlimit::Resource::NOFILE.get_soft().unwrap_or(FILES)
}

fn what_files_allow(files: u64) -> usize {
    let kept = (files / KEPT_OF_FILES).max(KEPT_FILES);
    usize::try_from(files.saturating_sub(kept)).unwrap_or(usize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        config: Config,
    }

    #[test]
    fn a_busy_room_waits_10_ms_at_most() {
        let wait = |ms: u64| {
            let options = Options::try_parse_from(["banter", "--coalesce", &ms.to_string()]);
            options.map(|options| options.config.coalesce()).ok()
        };
        assert_eq!(wait(limits::COALESCE_MS), Some(Duration::from_millis(10)));
        assert_eq!(wait(limits::COALESCE_MS + 1), None);
    }

    #[test]
    fn connections_leave_files_for_the_rest() {
        assert_eq!(what_files_allow(1_024), 922);
        assert_eq!(what_files_allow(20_000), 18_000);
        assert_eq!(what_files_allow(256), 192);
        assert_eq!(what_files_allow(10), 1, "better one than none");
    }
}
