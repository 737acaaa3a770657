//! Passwords: which ones may be, and how they are kept.
//!
//! argon2id as OWASP asks for at least: each hash takes 19 MiB and some tens of milliseconds of one core, on purpose. So
//! they are made by threads of their own, few enough that memory is bounded, and behind everybody who chats; what waits
//! for them is bounded too.
//!
//! A password is taken as it was typed: nothing is cut off, no case is changed, and no kind of character is asked for
//! (ASVS 6.2.5, 6.2.8). Only its Unicode form is made one (NFC, as NIST SP 800-63B asks for): the same keys give `ä` as
//! one character on one machine and as two on another, and both are the same password.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use parking_lot::Mutex;
use rand::RngCore;
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization;

use super::guessed;
use crate::protocol::limits;
use crate::server::error::Error;
use crate::server::lanes::stand_behind;

/// Most hashes that wait: what one core gets done in a second or two. Whoever comes then is told to come back, which
/// is better than an answer that comes when nobody waits for it any more.
const WAITING: usize = 64;
/// When somebody who found no place to wait should come back.
const BUSY_MS: u64 = 2_000;
/// What every hash that is made today begins with.
const TODAY: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
/// Costs what every other costs, and is of no password that anybody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// How far the hashing threads stand behind all others: the system gives them about a tenth of what it gives those who talk,
/// and a third of what it gives requests.
const NICENESS: i32 = 10;

/// The threads that hash, and the way to them. One for the process.
pub struct Passwords {
    jobs: SyncSender<Job>,
    hashed: Arc<AtomicU64>,
}

type Job = Box<dyn FnOnce(&mut Hasher) + Send>;

/// One thread's. The memory that it hashes in is kept from the first hash on: the allocator, given so much back each time,
/// would hold it several times over after a while.
struct Hasher {
    blocks: Vec<Block>,
    hashed: Arc<AtomicU64>,
}

/// A PHC string, read.
struct Kept {
    argon2: Argon2<'static>,
    salt: phc::Salt,
    output: phc::Output,
}

/// What is kept of a password, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// For the store, and for nobody else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

impl Passwords {
    /// Starts the threads: half as many as there are cores, so that the other half is free for the chat. They end with it.
    pub fn start() -> io::Result<Self> {
        let (jobs, queue) = sync_channel(WAITING);
        let queue = Arc::new(Mutex::new(queue));
        let hashed = Arc::new(AtomicU64::new(0));
        let stand_behind = stand_behind(NICENESS);
        for _ in 0..threads() {
            let (queue, hasher) = (queue.clone(), Hasher { blocks: Vec::new(), hashed: hashed.clone() });
            let stand_behind = stand_behind.clone();
            thread::Builder::new().name("passwords".to_owned()).spawn(move || {
                stand_behind();
                work_for_ever(&queue, hasher);
            })?;
        }
        Ok(Self { jobs, hashed })
    }

    /// What to keep of a password, if it may be one.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash, Error> {
        check(password)?;
        let password = one_form(password);
        self.run(move |hasher| hasher.hash(&password)).await?
    }

    /// Whether it is the password of which `stored` was kept. Where there is none, since there is no such person or they
    /// have no password, it takes as long to say no: how long it takes tells nobody who exists.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, Error> {
        let (password, stored) = (one_form(password), stored.map(str::to_owned));
        self.run(move |hasher| hasher.verify(&password, stored.as_deref())).await
    }

    /// How many were hashed since the start, for those who watch over the server.
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// Has something done by the threads, in its turn.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Hasher) -> T + Send + 'static) -> Result<T, Error> {
        let (tell, told) = oneshot::channel();
        let job = move |hasher: &mut Hasher| {
            // Whoever asked may have gone meanwhile: then nothing is spent on it.
            if !tell.is_closed() {
                drop(tell.send(work(hasher)));
            }
        };
        self.jobs.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy { after_ms: BUSY_MS },
            TrySendError::Disconnected(_) => Error::Internal,
        })?;
        told.await.map_err(|_| Error::Internal)
    }
}

/// Whether a text may become a password.
pub fn check(password: &str) -> Result<(), Error> {
    match password.nfc().take(limits::PASSWORD_MAX_CHARS + 1).count() {
        ..limits::PASSWORD_MIN_CHARS => Err(Error::PasswordTooShort),
        _ if guessed::is_guessed_first(&one_form(password)) => Err(Error::PasswordGuessed),
        limits::PASSWORD_MIN_CHARS..=limits::PASSWORD_MAX_CHARS => Ok(()),
        _ => Err(Error::PasswordTooLong),
    }
}

/// Whether a hash was made in another way than today's, and should be made anew at the next log-in.
pub fn needs_rehash(stored: &str) -> bool {
    !stored.starts_with(TODAY)
}

fn one_form(password: &str) -> String {
    password.nfc().collect()
}

impl Hasher {
    fn hash(&mut self, password: &str) -> Result<PasswordHash, Error> {
        let mut salt = [0; SALT_BYTES];
        rand::rng().fill_bytes(&mut salt);
        let output = self.output(&Argon2::default(), password, &salt, HASH_BYTES).map_err(|error| {
            tracing::error!(%error, "a password cannot be hashed");
            Error::Internal
        })?;
        Ok(PasswordHash(format!("{TODAY}{}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output))))
    }

    fn verify(&mut self, password: &str, stored: Option<&str>) -> bool {
        let known = stored.and_then(Kept::read);
        if stored.is_some() && known.is_none() {
            tracing::error!("a stored password hash cannot be read");
        }
        let is_known = known.is_some();
        let Some(kept) = known.or_else(|| Kept::read(NOBODY)) else { return false };
        let output = self.output(&kept.argon2, password, &kept.salt, kept.output.len());
        // This comparison takes as long wherever the two differ.
        let fits = output.is_ok_and(|output| phc::Output::new(&output).is_ok_and(|output| output == kept.output));
        is_known && fits
    }

    fn output(&mut self, argon2: &Argon2, password: &str, salt: &[u8], bytes: usize) -> argon2::Result<Vec<u8>> {
        self.hashed.fetch_add(1, Ordering::Relaxed);
        self.blocks.resize(argon2.params().block_count(), Block::new());
        let mut output = vec![0; bytes];
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut self.blocks)?;
        Ok(output)
    }
}

impl Kept {
    fn read(stored: &str) -> Option<Self> {
        let hash = phc::PasswordHash::new(stored).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
        let params = Params::try_from(&hash).ok()?;
        Some(Self { argon2: Argon2::new(algorithm, version, params), salt: hash.salt?, output: hash.hash? })
    }
}

fn threads() -> usize {
    (thread::available_parallelism().map_or(1, usize::from) / 2).max(1)
}

fn work_for_ever(queue: &Mutex<Receiver<Job>>, mut hasher: Hasher) {
    loop {
        let next = queue.lock().recv();
        let Ok(job) = next else { return };
        // Whoever waits for this one is told that it broke; the next one waits for this very thread.
        if catch_unwind(AssertUnwindSafe(|| job(&mut hasher))).is_err() {
            tracing::error!("hashing a password broke");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::task::Poll;

    /// Made with argon2-cffi 25.1.0, which is the reference implementation in C:
    /// `hash_secret("pässword for the lobby".encode(), bytes(range(16)), time_cost=2, memory_cost=19456, parallelism=1,
    /// hash_len=32, type=Type.ID)`, the `ä` being U+00E4.
    const MADE_ELSEWHERE: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$br4+xjJH/n9PbswJouuPCf7Nj8zAFwc1iFCcG5JzwxE";

    fn passwords() -> Passwords {
        Passwords::start().expect("threads")
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let passwords = passwords();
        let hash = passwords.hash("correct horse").await.expect("a hash");
        assert_eq!(passwords.verify("correct horse", Some(hash.reveal())).await, Ok(true));
        for other in ["correct horsf", "Correct horse", "correct horse ", "correct hors", ""] {
            assert_eq!(passwords.verify(other, Some(hash.reveal())).await, Ok(false), "{other}");
        }
        let again = passwords.hash("correct horse").await.expect("a hash");
        assert_ne!(hash.reveal(), again.reveal(), "each has a salt of its own");
    }

    #[tokio::test]
    async fn what_is_kept_is_argon2id_as_owasp_asks_for() {
        let hash = passwords().hash("correct horse").await.expect("a hash");
        let parsed = phc::PasswordHash::new(hash.reveal()).expect("a PHC string");
        assert_eq!((parsed.algorithm.as_str(), parsed.version), (Algorithm::Argon2id.as_str(), Some(19)));
        let params = Params::try_from(&parsed).expect("its cost");
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19 * 1024, 2, 1));
        assert_eq!(parsed.salt.expect("a salt").len(), 16);
        assert_eq!(parsed.hash.expect("a hash").len(), 32);
        assert!(!needs_rehash(hash.reveal()));
        assert!(!format!("{hash:?}").contains("argon2"), "it is not printed by accident");
    }

    #[tokio::test]
    async fn a_hash_of_another_implementation_is_understood() {
        let passwords = passwords();
        assert_eq!(passwords.verify("p\u{E4}ssword for the lobby", Some(MADE_ELSEWHERE)).await, Ok(true));
        let as_two_characters = "pa\u{308}ssword for the lobby";
        assert_eq!(passwords.verify(as_two_characters, Some(MADE_ELSEWHERE)).await, Ok(true), "the same keys");
        assert_eq!(passwords.verify("password for the lobby", Some(MADE_ELSEWHERE)).await, Ok(false));
    }

    #[tokio::test]
    async fn who_does_not_exist_costs_what_everybody_costs() {
        let passwords = passwords();
        let hash = passwords.hash("correct horse").await.expect("a hash");
        for stored in [Some(hash.reveal()), None, Some("nonsense")] {
            let before = passwords.hashed();
            assert_eq!(passwords.verify("battery staple", stored).await, Ok(false));
            assert_eq!(passwords.hashed() - before, 1, "{stored:?}");
        }
        assert!(NOBODY.starts_with(TODAY), "and as much each time");
        let as_long = passwords.run(|hasher| hasher.output(&Kept::read(NOBODY)?.argon2, "x", &[7; 16], 32).ok()).await;
        assert!(as_long.expect("done").is_some(), "it is looked at to its end");
    }

    #[test]
    fn the_memory_is_taken_once() {
        let mut hasher = Hasher { blocks: Vec::new(), hashed: Arc::default() };
        hasher.hash("correct horse").expect("a hash");
        let (place, blocks) = (hasher.blocks.as_ptr(), hasher.blocks.len());
        for stored in [Some(MADE_ELSEWHERE), None] {
            assert!(!hasher.verify("battery staple", stored));
        }
        assert_eq!((hasher.blocks.as_ptr(), hasher.blocks.len()), (place, blocks));
        assert_eq!(blocks * Block::SIZE, 19 * 1024 * 1024);
    }

    #[test]
    fn a_password_has_8_to_128_characters() {
        for (text, result) in [
            ("a".repeat(7), Err(Error::PasswordTooShort)),
            ("\u{E4}".repeat(8), Ok(())),
            ("PassWord1".to_owned(), Err(Error::PasswordGuessed)),
            ("\u{1F511}".repeat(8), Ok(())),
            ("a\u{308}".repeat(7), Err(Error::PasswordTooShort)),
            ("a".repeat(64), Ok(())),
            ("\u{1F511}".repeat(128), Ok(())),
            ("a".repeat(129), Err(Error::PasswordTooLong)),
            ("only small letters and spaces".to_owned(), Ok(())),
        ] {
            assert_eq!(check(&text), result, "{text}");
        }
    }

    #[tokio::test]
    async fn every_character_counts() {
        let passwords = passwords();
        let long = "a".repeat(limits::PASSWORD_MAX_CHARS);
        let hash = passwords.hash(&long).await.expect("a hash");
        assert_eq!(passwords.verify(&long, Some(hash.reveal())).await, Ok(true));
        for other in [&long[1..], &format!("{long}a")] {
            assert_eq!(passwords.verify(other, Some(hash.reveal())).await, Ok(false));
        }
        assert_eq!(passwords.hash("short").await, Err(Error::PasswordTooShort));
        assert_eq!(passwords.hash(&format!("{long}a")).await, Err(Error::PasswordTooLong));
    }

    #[test]
    fn what_was_made_with_less_is_made_anew() {
        assert!(!needs_rehash(MADE_ELSEWHERE));
        for old in ["m=19456,t=1,p=1", "m=4096,t=2,p=1", "m=19456,t=2,p=11"] {
            assert!(needs_rehash(&MADE_ELSEWHERE.replace("m=19456,t=2,p=1", old)), "{old}");
        }
        assert!(needs_rehash(&MADE_ELSEWHERE.replace("argon2id", "argon2i")));
    }

    /// All threads are kept busy, so that whoever comes has to wait.
    fn hold_up(passwords: &Passwords) -> mpsc::Sender<()> {
        let (go_on, wait) = mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let (begun, has_begun) = mpsc::channel();
        for _ in 0..threads() {
            let (wait, begun) = (wait.clone(), begun.clone());
            let job = move |_: &mut Hasher| {
                begun.send(()).expect("somebody waits");
                wait.lock().recv().expect_err("nothing is ever sent");
            };
            passwords.jobs.try_send(Box::new(job)).expect("there is a place");
            has_begun.recv().expect("it begins");
        }
        go_on
    }

    #[tokio::test]
    async fn so_many_wait_and_no_more() {
        let passwords = passwords();
        let go_on = hold_up(&passwords);
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(passwords.run(|_| ()))).collect();
        for one in &mut waiting {
            assert!(futures::poll!(one).is_pending());
        }
        let one_more = futures::poll!(Box::pin(passwords.hash("correct horse")));
        assert_eq!(one_more, Poll::Ready(Err(Error::Busy { after_ms: BUSY_MS })));
        drop(go_on);
        for one in waiting {
            assert_eq!(one.await, Ok(()));
        }
        assert!(passwords.hash("correct horse").await.is_ok(), "there is room again");
    }

    #[tokio::test]
    async fn nothing_is_spent_on_one_who_has_gone() {
        let passwords = passwords();
        let go_on = hold_up(&passwords);
        let mut asked = Box::pin(passwords.hash("correct horse"));
        assert!(futures::poll!(&mut asked).is_pending());
        drop(asked);
        drop(go_on);
        passwords.hash("battery staple").await.expect("a hash");
        assert_eq!(passwords.hashed(), 1, "only the one that was waited for");
    }

    #[tokio::test]
    async fn one_that_breaks_takes_no_thread_with_it() {
        let passwords = passwords();
        for _ in 0..threads() {
            assert_eq!(passwords.run(|_| -> () { panic!("planted") }).await, Err(Error::Internal));
        }
        assert_eq!(passwords.run(|_| 7).await, Ok(7));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn whoever_chats_goes_first() {
        let own = || rustix::process::getpriority_process(None).expect("a priority");
        let hashing = passwords().run(move |_| own()).await.expect("done");
        assert!(hashing > own(), "{hashing}");
    }
}
