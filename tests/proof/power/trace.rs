//! What a server asked of the system, in order, as `strace -f -y -xx` writes it down.

/// A call takes time: what it does may be so from the moment it begins, and is so for sure once it has returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Begun { thread: u32, call: Call },
    Returned { thread: u32 },
}

/// What was asked. Files are named as in the folder of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    Create(String),
    Write { file: String, offset: usize, bytes: Vec<u8> },
    Truncate { file: String, length: usize },
    Sync(String),
    SyncFolder,
    Remove(String),
    Rename { from: String, to: String },
    Send(Vec<u8>),
}

/// The folder of data.
const FOLDER: &str = "/data";

/// What strace has to watch.
pub const CALLS: &str = "openat,pwrite64,write,ftruncate,fdatasync,fsync,unlink,unlinkat,rename,renameat,renameat2,\
                         sendto,writev,sendmsg";

/// Reads a trace; of files, only what concerns the folder of data.
pub fn read(trace: &str) -> Vec<Step> {
    trace.lines().flat_map(steps).collect()
}

/// Whether it goes to the end of a server that was killed: of its threads, the first is the last to go.
pub fn is_whole(trace: &str) -> bool {
    let thread = |line: &str| line.split(' ').next().map(str::to_owned);
    let ends_with = |last: &str| last.ends_with("+++ killed by SIGKILL +++") && thread(last) == thread(trace);
    trace.lines().last().is_some_and(ends_with)
}

/// `7 fsync(3</data/a>) = 0`, or its two halves: `7 fsync(3</data/a> <unfinished ...>`, `7 <... fsync resumed>) = 0`. Of
/// a call that never came back, the result is `?`.
fn steps(line: &str) -> Vec<Step> {
    let (thread, rest) = line.split_once(' ').expect("a line begins with a thread");
    let thread = thread.parse().expect("a number");
    let (asked, result) = rest.rsplit_once(" = ").unwrap_or((rest, "?"));
    let asked = asked.split(" <unfinished ...>").next().unwrap_or(asked).trim_matches([' ', ')']);
    let returned = result.starts_with(|c: char| c.is_ascii_digit()).then_some(Step::Returned { thread });
    if asked.starts_with("<... ") {
        return returned.into_iter().collect();
    }
    match call(asked).filter(|_| !result.starts_with('-')) {
        Some(call) => std::iter::once(Step::Begun { thread, call }).chain(returned).collect(),
        None => Vec::new(),
    }
}

fn call(asked: &str) -> Option<Call> {
    let (name, arguments) = asked.split_once('(')?;
    let path = |nth| in_data(&text(strings(arguments).nth(nth)?));
    match name {
        "openat" if arguments.contains("O_CREAT") => {
            let file = path(0)?;
            assert!(!arguments.contains("O_TRUNC"), "{file}: truncated in a way that is not known here");
            Some(Call::Create(file))
        }
        "unlink" | "unlinkat" => Some(Call::Remove(path(0)?)),
        "rename" | "renameat" | "renameat2" => Some(Call::Rename { from: path(0)?, to: path(1)? }),
        "sendto" | "writev" | "sendmsg" => Some(Call::Send(strings(arguments).flat_map(bytes).collect())),
        "pwrite64" | "write" | "ftruncate" | "fdatasync" | "fsync" => on_file(name, arguments),
        _ => None,
    }
}

/// A call on an open file: `3</data/a>, "...", 4, 0`. A removed file is nowhere in the folder.
fn on_file(name: &str, arguments: &str) -> Option<Call> {
    let (path, rest) = arguments.split_once('<')?.1.split_once('>')?;
    let path = text(path);
    if path.ends_with(FOLDER) {
        return Some(Call::SyncFolder);
    }
    let file = in_data(&path).filter(|_| !rest.starts_with("(deleted)"))?;
    let mut numbers = rest.rsplit(", ").map(|number| number.parse::<usize>().expect("a number"));
    match name {
        "pwrite64" => {
            let (offset, length) = (numbers.next()?, numbers.next()?);
            let bytes: Vec<u8> = bytes(strings(rest).next()?).collect();
            assert_eq!(bytes.len(), length, "{file}: the trace has all of it");
            Some(Call::Write { file, offset, bytes })
        }
        "ftruncate" => Some(Call::Truncate { file, length: numbers.next()? }),
        "fdatasync" | "fsync" => Some(Call::Sync(file)),
        _ => panic!("{file}: {name} is not known here"),
    }
}

/// A file's name in the folder of data. The index of the write-ahead log is memory that has a name: nothing of it is ever
/// used again.
fn in_data(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/')?;
    (folder.ends_with(FOLDER) && !name.ends_with("-shm")).then(|| name.to_owned())
}

fn strings(arguments: &str) -> impl Iterator<Item = &str> {
    arguments.split('"').skip(1).step_by(2)
}

fn text(hex: &str) -> String {
    String::from_utf8(bytes(hex).collect()).expect("a path is text")
}

/// `\x42\x6e` as bytes.
fn bytes(hex: &str) -> impl Iterator<Item = u8> {
    hex.as_bytes().chunks_exact(4).map(|byte| nibble(byte[2]) << 4 | nibble(byte[3]))
}

fn nibble(digit: u8) -> u8 {
    if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_whole_and_in_halves() {
        let steps = read_plain(
            r#"7 openat(AT_FDCWD</data>, "/data/a", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 3</data/a>
               7 pwrite64(3</data/a>, "Bntr", 4, 512) = 4
               7 fsync(3</data/a> <unfinished ...>
               8 ftruncate(3</data/a>, 8)          = 0
               7 <... fsync resumed>)              = 0
               8 fsync(4</data>) = 0"#,
        );
        let whole = |thread, call| [begun(thread, call), Step::Returned { thread }];
        let file = "a".to_owned();
        let expected = [
            &whole(7, Call::Create(file.clone()))[..],
            &whole(7, Call::Write { file: file.clone(), offset: 512, bytes: b"Bntr".to_vec() }),
            &[begun(7, Call::Sync(file.clone()))],
            &whole(8, Call::Truncate { file, length: 8 }),
            &[Step::Returned { thread: 7 }],
            &whole(8, Call::SyncFolder),
        ];
        assert_eq!(steps, expected.concat());
    }

    #[test]
    fn what_failed_or_never_came_back_has_not_returned() {
        let steps = read_plain(
            r#"6 fsync(3</data/a>) = -1 EIO (Input/output error)
               7 fsync(3</data/a> <unfinished ...>
               7 <... fsync resumed>) = -1 EIO (Input/output error)
               8 fsync(3</data/a>) = ?
               9 fsync(3</data/a> <unfinished ...>) = ?"#,
        );
        assert_eq!(steps, [7, 8, 9].map(|thread| begun(thread, Call::Sync("a".to_owned()))));
    }

    #[test]
    fn names_and_what_is_sent_are_read_and_all_else_is_not() {
        let steps = read_plain(
            r#"7 unlink("/data/a" <unfinished ...>
               7 renameat2(AT_FDCWD</data>, "/data/a", AT_FDCWD</data>, "/data/b", 0 <unfinished ...>
               7 writev(5<socket>, [{iov_base="ab", iov_len=2}, {iov_base="c", iov_len=1}], 2 <unfinished ...>
               7 openat(AT_FDCWD</data>, "/data/a", O_RDWR|O_CLOEXEC) = 3</data/a>
               7 openat(AT_FDCWD</data>, "/etc/a", O_RDWR|O_CREAT, 0644) = 3</etc/a>
               7 pwrite64(3</data/a>(deleted), "abcd", 4, 0) = 4
               7 pwrite64(3</data/a-shm>, "abcd", 4, 0) = 4
               7 write(2</dev/null>, "abcd", 4) = 4
               7 --- SIGCONT {si_signo=SIGCONT, si_code=SI_USER, si_pid=1, si_uid=0} ---
               7 +++ killed by SIGKILL +++"#,
        );
        let rename = Call::Rename { from: "a".to_owned(), to: "b".to_owned() };
        let expected = [Call::Remove("a".to_owned()), rename, Call::Send(b"abc".to_vec())];
        assert_eq!(steps, expected.map(|call| begun(7, call)));
    }

    #[test]
    fn a_trace_is_whole_once_the_first_thread_is_gone() {
        let trace = "7 fsync(3) = 0\n8 fsync(3) = ?\n8 +++ killed by SIGKILL +++\n";
        assert!(!is_whole("") && !is_whole(trace));
        assert!(is_whole(&format!("{trace}7 +++ killed by SIGKILL +++\n")));
    }

    fn begun(thread: u32, call: Call) -> Step {
        Step::Begun { thread, call }
    }

    /// Reads a trace in which paths and strings are written as people do, and not in hex.
    fn read_plain(plain: &str) -> Vec<Step> {
        read(&plain.lines().map(|line| in_hex(line.trim())).collect::<Vec<_>>().join("\n"))
    }

    fn in_hex(line: &str) -> String {
        let strings = line.split('"').enumerate().map(|(nth, part)| if nth % 2 == 1 { hex(part) } else { part.into() });
        let line = strings.collect::<Vec<_>>().join("\"");
        let mut parts = line.split("</");
        let first = parts.next().unwrap().to_owned();
        parts.map(|part| part.split_once('>').unwrap()).fold(first, |line, (path, rest)| {
            let path = hex(&format!("/{path}"));
            format!("{line}<{path}>{rest}")
        })
    }

    fn hex(text: &str) -> String {
        text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
    }
}
