//! What the system says of a process: Linux' /proc.

use std::fs;
use std::time::Duration;

use super::Result;

/// What one of the counted parts of a second is, on every Linux that there is (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A running program.
#[derive(Debug, Clone)]
pub struct Process(String);

impl Process {
    /// By its number.
    pub fn of(pid: u32) -> Self {
        Self(pid.to_string())
    }

    /// This program.
    pub fn own() -> Self {
        Self("self".to_owned())
    }

    /// The time that processors have spent on it, all threads and what the kernel did for it.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // Its name may hold anything, and ends with the last bracket; the fields count from there (proc_pid_stat(5)).
        let (_, fields) = stat.rsplit_once(") ").ok_or("a process has a name")?;
        let ticks: u32 =
            fields.split(' ').skip(11).take(2).map(str::parse::<u32>).sum::<std::result::Result<_, _>>()?;
        Ok(TICK * ticks)
    }

    /// The memory that is its own and was written to, in bytes.
    pub fn private_dirty(&self) -> Result<u64> {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0))?;
        let line =
            rollup.lines().find_map(|line| line.strip_prefix("Private_Dirty:")).ok_or("there is no such line")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_used_time_and_memory() {
        let busy = std::time::Instant::now();
        while busy.elapsed() < 3 * TICK {}
        assert!(Process::own().cpu().expect("this is Linux") >= TICK);
        assert!(Process::own().private_dirty().expect("this is Linux") > 100_000);
    }
}
