//! The real server as a process of its own, which can be killed, stopped, starved, and started again where it was.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use banter::protocol::api::people::LogIn;
use banter::protocol::api::{GuestRequest, Identity};
use tempfile::TempDir;

use crate::support::{PATIENCE, within};

/// A server whose address and folder stay the same over all its lives.
pub struct Server {
    binary: PathBuf,
    folder: TempDir,
    address: SocketAddr,
    environment: Vec<(String, String)>,
    /// Under strace, with these options.
    traced: Vec<String>,
    child: Option<Child>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// The binary that is to be proved: `BANTER_BINARY`, else the one that was built with the tests.
    pub fn new() -> Self {
        Self::of(std::env::var_os("BANTER_BINARY").map_or_else(built, PathBuf::from))
    }

    /// The one that was built with the tests, with a bug planted.
    pub fn planted(bug: &str) -> Self {
        Self::of(built()).with("BANTER_PLANT", bug)
    }

    fn of(binary: PathBuf) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            binary,
            folder: tempfile::tempdir().unwrap(),
            address: free.local_addr().unwrap(),
            environment: Vec::new(),
            traced: Vec::new(),
            child: None,
            log: Arc::default(),
        }
    }

    /// With something set.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Under strace from the next start on; without options, alone again.
    pub fn traced(&mut self, options: &[&str]) {
        self.traced = options.iter().map(|option| (*option).to_owned()).collect();
    }

    /// What it said in its present life.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where it keeps everything.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts it; answers with how long it took until it served, or `None` if it ended before.
    pub async fn try_start(&mut self) -> Option<Duration> {
        let begun = Instant::now();
        self.spawn();
        let mut found = 0;
        loop {
            if self.log.lock().unwrap()[found..].iter().any(|line| line.contains("Banter is at")) {
                return Some(begun.elapsed());
            }
            if self.child.as_mut().unwrap().try_wait().unwrap().is_some() {
                self.child = None;
                return None;
            }
            assert!(begun.elapsed() < PATIENCE, "it starts at all: {:?}", self.log.lock().unwrap());
            found = self.log.lock().unwrap().len().saturating_sub(1);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Starts it and waits until it serves.
    pub async fn start(&mut self) -> Duration {
        let started = self.try_start().await;
        let planted = self.environment.iter().any(|(name, _)| name == "BANTER_PLANT");
        let says_so = self.log().iter().any(|line| line.contains("a bug is planted"));
        assert!(!planted || says_so, "bugs can be planted only with the feature `proving`");
        started.unwrap_or_else(|| panic!("it did not start: {:?}", self.log()))
    }

    fn spawn(&mut self) {
        // Its own, or the last words of the life before would be heard as the first ones of this.
        self.log = Arc::default();
        let mut command = if self.traced.is_empty() {
            Command::new(&self.binary)
        } else {
            let mut strace = Command::new("strace");
            // With -D the tracer stands aside: the child is the server itself.
            strace.args(["-D", "-f", "-qq"]).args(&self.traced).arg(&self.binary);
            strace
        };
        command.arg("serve").env_clear().current_dir(self.folder.path());
        command.env("PORT", self.address.port().to_string()).env("BANTER_DATA", self.data());
        command.env("BANTER_POST_RATE", "0").env("BANTER_CONNECT_RATE", "0");
        command.envs(self.environment.iter().cloned());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it can be run");
        let (lines, log) = (BufReader::new(child.stderr.take().unwrap()).lines(), self.log.clone());
        thread::spawn(move || lines.map_while(Result::ok).for_each(|line| log.lock().unwrap().push(line)));
        self.child = Some(child);
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.as_mut().unwrap().try_wait().unwrap() {
                self.child = None;
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it ends at all");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// What it holds in memory, in KiB.
    #[cfg(target_os = "linux")]
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.as_ref().unwrap().id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Sends it a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Ends it in good order.
    pub async fn stop(&mut self) {
        self.signal("TERM");
        assert!(self.ended().await.success(), "{:?}", self.log.lock().unwrap());
    }

    /// Runs another command of it on the same folder, such as `backup`.
    pub fn command(&self, name: &str, file: &Path) {
        let mut command = Command::new(&self.binary);
        let output = command.arg(name).arg(file).env_clear().env("BANTER_DATA", self.data()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Does `banter admin` beside it, with a password on standard input.
    pub fn admin(&self, arguments: &[&str], password: &str) {
        let mut command = Command::new(&self.binary);
        command.arg("admin").args(arguments).env_clear().env("BANTER_DATA", self.data());
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it can be run");
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "banter admin {arguments:?}");
    }

    /// Its owner, logged in.
    pub async fn owner(&self, http: &reqwest::Client) -> Identity {
        let (name, password) = ("Olga", "who runs this site");
        self.admin(&["add", name, "--role", "owner"], password);
        let log_in = LogIn { name: name.into(), password: password.into() };
        let request = http.post(self.url("/api/v1/session")).json(&log_in);
        within(request.send()).await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// A file beside its folder of data.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Somebody new.
    pub async fn guest(&self, http: &reqwest::Client) -> Identity {
        let request = http.post(self.url("/api/v1/guest")).json(&GuestRequest { name: None });
        within(request.send()).await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn built() -> PathBuf {
    fs::canonicalize(env!("CARGO_BIN_EXE_banter")).unwrap()
}
