//! From a listening socket to its orderly end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use super::api::as_meant;
use super::auth::Peer;
use super::chat::{reading, sessions};
use super::error::Error;
use super::fanout::Notice;
use super::live::heartbeat;
use super::metrics::lately;
use super::router;
use super::state::{AppState, Shared};

/// Connections that wait to be taken: a crowd that comes back at once must not be turned away by the kernel.
const BACKLOG: u32 = 4096;
/// How long a request's head may take.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long what was begun may take once the server goes.
const LAST_REQUESTS: Duration = Duration::from_secs(4);
/// How many connections a second are sent away when the server goes, and over how long at most.
const LEAVING_A_SECOND: u32 = 500;
const LEAVING_AT_MOST: Duration = Duration::from_secs(20);
/// A breath after the system could not give us a connection (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Listens.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `shutdown`, then finishes what was begun and tells everybody to come back.
pub async fn run(listener: TcpListener, state: Shared, shutdown: impl Future<Output = ()>) {
    run_with_tick(listener, state, shutdown, heartbeat::TICK).await;
}

/// As [`run`], with another heart rate.
pub async fn run_with_tick(listener: TcpListener, state: Shared, shutdown: impl Future<Output = ()>, tick: Duration) {
    let mut background = JoinSet::new();
    background.spawn(heartbeat::beat_for_ever(state.clone(), tick));
    background.spawn(reading::keep_for_ever(state.clone()));
    background.spawn(sessions::end_expired_for_ever(state.clone()));
    background.spawn(lately::look_for_ever());
    let (close, closed) = oneshot::channel::<()>();
    // While the sockets are sent away, whoever asks still hears that this node goes.
    let leave = async {
        shutdown.await;
        send_all_away(&state).await;
        drop(close);
    };
    let accept = accept_until(async { drop(closed.await) }, listener, &state);
    let (requests, ()) = tokio::join!(accept, leave);
    requests.finish().await;
    state.writer.flush().await;
    // An error was told by the store itself.
    drop(reading::keep(&state).await);
    state.store.close().await;
    tracing::info!("gone");
}

/// The HTTP connections. A socket that was upgraded is none any more.
struct Requests {
    tasks: JoinSet<()>,
    /// Says that what is under way is the last.
    last: watch::Sender<bool>,
    /// Held by whatever is under way, and by nobody once all is done: also what nobody waits for any more.
    under_way: mpsc::Sender<Infallible>,
    done: mpsc::Receiver<Infallible>,
}

impl Requests {
    fn new() -> Self {
        let (under_way, done) = mpsc::channel(1);
        Self { tasks: JoinSet::new(), last: watch::Sender::new(false), under_way, done }
    }

    async fn finish(mut self) {
        self.last.send_replace(true);
        drop(self.under_way);
        let all_done = async {
            while self.tasks.join_next().await.is_some() {}
            let _ = self.done.recv().await;
        };
        let _ = timeout(LAST_REQUESTS, all_done).await;
    }
}

async fn accept_until(closed: impl Future<Output = ()>, listener: TcpListener, state: &Shared) -> Requests {
    let router = router(state.clone());
    let mut requests = Requests::new();
    tokio::pin!(closed);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = requests.tasks.join_next() => continue,
            () = &mut closed => return requests,
        };
        match accepted {
            Ok((stream, from)) => {
                let (router, state, under_way) = (router.clone(), state.clone(), requests.under_way.clone());
                let answers = Answers { router, state, from: Peer(from.ip()), under_way };
                drop(requests.tasks.spawn(serve(stream, answers, requests.last.subscribe())));
                // One after the other: a crowd that comes at once must not stand in front of what others say.
                yield_now().await;
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be taken");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// What answers the requests of one connection.
#[derive(Clone)]
struct Answers {
    router: Router,
    state: Shared,
    from: Peer,
    under_way: mpsc::Sender<Infallible>,
}

impl Answers {
    /// In the lane of requests, to the last byte: what is made smaller on its way is that behind those who talk, too.
    async fn to(self, request: hyper::Request<Incoming>) -> Result<Response, Infallible> {
        let Self { router, state, from, under_way } = self;
        let changes_nothing = request.method().is_safe();
        let answer = async move {
            let mut request = as_meant(request.map(Body::new));
            request.extensions_mut().insert(from);
            let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
            let response = whole(response).await;
            drop(under_way);
            response
        };
        let answer = if changes_nothing { state.lanes.look(answer).await } else { state.lanes.act(answer).await };
        Ok(answer.unwrap_or_else(|| Error::Internal.into_response()))
    }
}

/// With its body in hand.
async fn whole(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match body.collect().await {
        Ok(body) => Response::from_parts(parts, Body::from(body.to_bytes())),
        Err(error) => {
            tracing::error!(%error, "an answer broke");
            Error::Internal.into_response()
        }
    }
}

async fn serve(stream: TcpStream, answers: Answers, mut last: watch::Receiver<bool>) {
    // A message is small and must not wait for the answer to the one before it.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let service = service_fn(move |request| answers.clone().to(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let done = tokio::select! {
        done = connection.as_mut() => done,
        () = async { drop(last.wait_for(|last| *last).await) } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Lets nobody in any more, finishes what was sent, and closes every socket with the time at which to come back, spread
/// so that not all come at once.
async fn send_all_away(state: &AppState) {
    state.hub.registry.drain();
    let _ = timeout(LAST_REQUESTS, state.writer.flush()).await;
    let conns = state.hub.registry.all();
    tracing::info!(connections = conns.len(), "leaving");
    let window = Duration::from_secs_f64(conns.len() as f64 / f64::from(LEAVING_A_SECOND)).min(LEAVING_AT_MOST);
    let slices = conns.len().div_ceil(LEAVING_A_SECOND as usize).max(1);
    for slice in conns.chunks(conns.len().div_ceil(slices).max(1)) {
        slice.iter().for_each(|conn| conn.notify(Notice::leave(window)));
        if slices > 1 {
            sleep(window / slices as u32).await;
        }
    }
    drop(conns);
    let everybody_gone = async {
        while state.hub.registry.count() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let _ = timeout(LAST_REQUESTS, everybody_gone).await;
}
