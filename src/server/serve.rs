//! From a listening socket to its orderly end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use super::auth::ClientAddress;
use super::fanout::Notice;
use super::live::heartbeat;
use super::router;
use super::state::{AppState, Shared};

/// Connections that wait to be taken: a crowd that comes back at once must not be turned away by the kernel.
const BACKLOG: u32 = 4096;
/// How long a request's head may take.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long what was begun may take once the server goes.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// How many connections a second are sent away when the server goes, and over how long at most.
const LEAVING_A_SECOND: u32 = 500;
const LEAVING_AT_MOST: Duration = Duration::from_secs(25);
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
    let connections = GracefulShutdown::new();
    let (close, closed) = oneshot::channel::<()>();
    // While the sockets are sent away, whoever asks still hears that this node goes.
    let leave = async {
        shutdown.await;
        send_all_away(&state).await;
        drop(close);
    };
    tokio::join!(accept_until(async { drop(closed.await) }, &listener, router(state.clone()), &connections), leave);
    drop(listener);
    let _ = timeout(LAST_REQUESTS, connections.shutdown()).await;
    tracing::info!("gone");
}

async fn accept_until(
    shutdown: impl Future<Output = ()>,
    listener: &TcpListener,
    router: Router,
    connections: &GracefulShutdown,
) {
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => return,
        };
        match accepted {
            Ok((stream, from)) => serve(stream, from, &http, router.clone(), connections),
            Err(error) => {
                tracing::warn!(%error, "no connection could be taken");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn serve(
    stream: TcpStream,
    from: SocketAddr,
    http: &Builder<TokioExecutor>,
    router: Router,
    connections: &GracefulShutdown,
) {
    // A message is small and must not wait for the answer to the one before it.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let router = router.clone();
        request.extensions_mut().insert(ClientAddress(from.ip().to_canonical()));
        async move {
            Ok::<_, Infallible>(router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never| match never {}))
        }
    });
    let connection = connections.watch(http.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned());
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke");
        }
    });
}

/// Lets nobody in any more, finishes what was sent, and closes every socket with the time at which to come back, spread
/// so that not all come at once.
async fn send_all_away(state: &AppState) {
    state.hub.registry.drain();
    state.writer.flush().await;
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
