//! Two lanes for what the server does: those who talk, and behind them whatever is asked over HTTP.
//!
//! A request may take far longer than carrying a message does: a page is drawn, a list is read. On the same threads a message
//! would wait until each that came before it had its turn. So requests have threads of their own (a bulkhead), which the
//! system lets run when those that talk have nothing to do, or a fair while after.

use std::future::Future;
use std::io;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{JoinError, JoinSet};

/// How far the threads for requests stand behind those that talk: where both have work, they get a quarter of a core.
/// Hashing stands further behind (`auth::password`), so that what holds a lock seldom waits for a hash.
const NICENESS: i32 = 5;

/// One for the process.
pub struct Lanes {
    talk: Handle,
    requests: Handle,
    /// What runs them, until this is dropped.
    behind: Option<Runtime>,
}

impl Lanes {
    /// Whoever calls this stands in the lane of those who talk.
    pub fn start() -> io::Result<Self> {
        let behind = Builder::new_multi_thread()
            .enable_all()
            .thread_name("requests")
            .on_thread_start(stand_behind(NICENESS))
            .build()?;
        Ok(Self { talk: Handle::current(), requests: behind.handle().clone(), behind: Some(behind) })
    }

    /// Goes on by itself, in front.
    pub fn talk(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.talk.spawn(work));
    }

    /// Has something done in front, to its end, and waits for it. `None` if it broke.
    pub async fn talk_of<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        self.talk.spawn(work).await.inspect_err(tell).ok()
    }

    /// Has something looked at behind, and waits for it; it ends with whoever waits. `None` if it broke.
    pub async fn look<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        // Unlike a bare task, this one ends when it is dropped.
        let mut alone = JoinSet::new();
        alone.spawn_on(work, &self.requests);
        alone.join_next().await?.inspect_err(tell).ok()
    }

    /// Has something done behind, and waits for it; once begun it is done to its end, whether or not somebody waits: what
    /// follows a commit must not be left out because a client hung up. `None` if it broke.
    pub async fn act<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        self.requests.spawn(work).await.inspect_err(tell).ok()
    }
}

fn tell(error: &JoinError) {
    tracing::error!(%error, "a task broke");
}

impl Drop for Lanes {
    /// Where futures run a runtime must not be waited for, and whatever is asked has been answered by now.
    fn drop(&mut self) {
        if let Some(behind) = self.behind.take() {
            behind.shutdown_background();
        }
    }
}

/// Puts the thread that calls the answer so far behind the one that calls this, whichever thread started it. Only on Linux is
/// a thread's place its own; elsewhere it would be that of the whole server.
#[cfg(target_os = "linux")]
pub fn stand_behind(niceness: i32) -> impl Fn() + Clone + Send + Sync + 'static {
    use rustix::process::{getpriority_process, setpriority_process};

    let front = getpriority_process(None);
    move || {
        if let Err(error) = front.and_then(|front| setpriority_process(None, front + niceness)) {
            tracing::debug!(%error, "a thread stands in line with all others");
        }
    }
}

/// Leaves each thread where it is.
#[cfg(not(target_os = "linux"))]
pub fn stand_behind(_: i32) -> impl Fn() + Clone + Send + Sync + 'static {
    || {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_is_asked_stands_behind_those_who_talk() {
        let place = || rustix::process::getpriority_process(None).expect("its niceness");
        let lanes = Lanes::start().expect("threads");
        let in_front = place();
        let behind = lanes.look(async move { (place(), tokio::task::spawn_blocking(place).await) }).await;
        let (asked, helper) = behind.expect("done");
        assert_eq!(asked, in_front + NICENESS);
        assert_eq!(helper.expect("done"), asked, "with all that it has others do");
        assert_eq!(lanes.talk_of(async move { place() }).await, Some(in_front));
        let (tell, told) = oneshot::channel();
        lanes.talk(async move { tell.send(place()).expect("somebody waits") });
        assert_eq!(told.await, Ok(in_front));
    }

    #[tokio::test]
    async fn looking_ends_with_whoever_waits_for_it() {
        let lanes = Lanes::start().expect("threads");
        let (begun, began) = oneshot::channel::<()>();
        let (alive, dead) = oneshot::channel::<()>();
        let look = lanes.look(async move {
            begun.send(()).expect("somebody waits");
            std::future::pending::<()>().await;
            drop(alive);
        });
        tokio::select! {
            _ = look => panic!("it never ends by itself"),
            began = began => began.expect("it runs"),
        }
        assert!(dead.await.is_err(), "nobody holds its other end any more");
    }

    #[tokio::test]
    async fn what_is_done_is_done_to_its_end() {
        let lanes = Lanes::start().expect("threads");
        let (begun, began) = oneshot::channel::<()>();
        let (go_on, gone_on) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel::<()>();
        let act = lanes.act(async move {
            begun.send(()).expect("somebody waits");
            gone_on.await.expect("it is told to");
            done.send(()).expect("somebody waits");
        });
        tokio::select! {
            _ = act => panic!("it waits to be told"),
            began = began => began.expect("it runs"),
        }
        go_on.send(()).expect("it is there");
        assert_eq!(is_done.await, Ok(()));
    }

    #[tokio::test]
    async fn what_breaks_takes_nobody_with_it() {
        let lanes = Lanes::start().expect("threads");
        assert_eq!(lanes.look(async { panic!("as it must") }).await, None::<()>);
        assert_eq!(lanes.act(async { panic!("as it must") }).await, None::<()>);
        assert_eq!((lanes.look(async { 1 }).await, lanes.act(async { 2 }).await), (Some(1), Some(2)));
    }
}
