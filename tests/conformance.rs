//! The cases by which WebSocket implementations are measured (the Autobahn suite, run by the program kosoku), against the
//! server's own handshake, decoder and encoder: all of RFC 6455 but what is larger than our limit (9) and the compression
//! that we do not speak (12, 13).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::support::TestApp;

const GROUPS: [(&str, &str); 8] = [
    ("1", "messages"),
    ("2", "pings and pongs"),
    ("3", "reserved bits"),
    ("4", "opcodes"),
    ("5", "fragments"),
    ("6", "UTF-8"),
    ("7", "closing"),
    ("10", "automatic fragments"),
];
const CASES: usize = 247;

/// Text that is not UTF-8 is refused once its frame is whole, and not in the middle of it: allowed, but not the fastest.
const LATE: [&str; 4] = ["6.4.1", "6.4.2", "6.4.3", "6.4.4"];

/// What kosoku says of one case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    behavior: String,
    behavior_close: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Ok,
    NonStrict,
    Informational,
    Failed,
}

/// Cases by group and verdict.
#[derive(Default)]
struct Tally(BTreeMap<(String, Verdict), Vec<String>>);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs kosoku: make conformance"]
async fn every_case_of_rfc_6455_is_met() {
    let program = std::env::var_os("BANTER_KOSOKU").expect("make sets it to where kosoku is");
    let app = TestApp::start().await;
    let address = format!("{}/proving/echo", app.address);
    let outcomes = spawn_blocking(move || run(program, &address)).await.unwrap();
    let tally = Tally::of(&outcomes);
    println!("{tally}");
    assert_eq!(outcomes.len(), CASES, "every case was run");
    assert_eq!(tally.cases(Verdict::Failed), [""; 0]);
    for case in tally.cases(Verdict::NonStrict) {
        assert!(LATE.contains(&case), "{case} is not as strict as it was");
        println!(
            "{case} NON-STRICT: text that is not UTF-8 is refused once its frame is whole, not in the middle of it"
        );
    }
}

/// Runs the cases; answers with what came of each.
fn run(program: OsString, address: &str) -> BTreeMap<String, Outcome> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.args(["--mode", "fuzzingclient", "--parallelism", "8", "--outdir"]).arg(folder.path());
    for (group, _) in GROUPS {
        command.args(["--include", &format!("{group}.*")]);
    }
    let output = command.arg(address).output().expect("kosoku can be run");
    let index = std::fs::read(Path::new(folder.path()).join("index.json"));
    let index = index.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let agents: BTreeMap<String, BTreeMap<String, Outcome>> = serde_json::from_slice(&index).unwrap();
    agents.into_values().next().expect("one server was measured")
}

impl Outcome {
    fn verdict(&self) -> Verdict {
        match (self.behavior.as_str(), self.behavior_close.as_str()) {
            ("OK", "OK") => Verdict::Ok,
            ("NON-STRICT", "OK") => Verdict::NonStrict,
            ("INFORMATIONAL", "OK" | "INFORMATIONAL") => Verdict::Informational,
            _ => Verdict::Failed,
        }
    }
}

impl Tally {
    fn of(outcomes: &BTreeMap<String, Outcome>) -> Self {
        let mut tally = Self::default();
        for (case, outcome) in outcomes {
            let group = case.split('.').next().unwrap_or_default().to_owned();
            tally.0.entry((group, outcome.verdict())).or_default().push(case.clone());
        }
        tally
    }

    fn cases(&self, verdict: Verdict) -> Vec<&str> {
        self.0.iter().filter(|((_, of), _)| *of == verdict).flat_map(|(_, cases)| cases).map(String::as_str).collect()
    }

    fn count(&self, group: &str, verdict: Verdict) -> usize {
        self.0.get(&(group.to_owned(), verdict)).map_or(0, Vec::len)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdicts = [Verdict::Ok, Verdict::NonStrict, Verdict::Informational, Verdict::Failed];
        writeln!(f, "{:24}{:>8}{:>12}{:>15}{:>8}", "RFC 6455", "OK", "NON-STRICT", "INFORMATIONAL", "FAILED")?;
        let mut row = |name: &str, counts: [usize; 4]| {
            writeln!(f, "{name:24}{:>8}{:>12}{:>15}{:>8}", counts[0], counts[1], counts[2], counts[3])
        };
        for (group, about) in GROUPS {
            row(&format!("{group:>2}  {about}"), verdicts.map(|verdict| self.count(group, verdict)))?;
        }
        row("    all", verdicts.map(|verdict| self.cases(verdict).len()))
    }
}

#[test]
fn what_is_not_known_to_be_good_is_a_failure() {
    let verdict = |behavior: &str, close: &str| {
        Outcome { behavior: behavior.to_owned(), behavior_close: close.to_owned() }.verdict()
    };
    assert_eq!(verdict("OK", "OK"), Verdict::Ok);
    assert_eq!(verdict("NON-STRICT", "OK"), Verdict::NonStrict);
    assert_eq!(verdict("OK", "WRONG CODE"), Verdict::Failed);
    assert_eq!(verdict("FAILED", "OK"), Verdict::Failed);
    assert_eq!(verdict("UNIMPLEMENTED", "OK"), Verdict::Failed);
}
