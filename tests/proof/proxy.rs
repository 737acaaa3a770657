//! A bad line between a client and the server: slow, cut, silent, or deaf on one side.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What is wrong with the line, at this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fault {
    /// Everything takes so long in each direction.
    pub delay: Duration,
    /// At most so many bytes at once, and a delay after each.
    pub trickle: Option<usize>,
    /// What the client sends gets nowhere. A line that lost something so breaks at the first that comes once it is mended:
    /// no network goes on behind a gap.
    pub deaf: bool,
    /// What the server sends gets nowhere, in the same way.
    pub dumb: bool,
    /// What the server sends ends, in the middle of whatever it is, after so many bytes.
    pub cut_after: Option<usize>,
    /// Every connection is reset.
    pub reset: bool,
}

/// Takes connections and passes them on, with the fault of the moment.
pub struct Proxy {
    pub address: SocketAddr,
    fault: watch::Sender<Fault>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Stands before a server.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let fault = watch::Sender::new(Fault::default());
        let mut tasks = JoinSet::new();
        let faults = fault.subscribe();
        tasks.spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                lines.spawn(pass_on(client, server, faults.clone()));
            }
        });
        Self { address, fault, _tasks: tasks }
    }

    /// From now on this is wrong.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

/// Which way the bytes go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

async fn pass_on(client: TcpStream, server: SocketAddr, mut faults: watch::Receiver<Fault>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut up = Box::pin(carry(from_client, &to_server, faults.clone(), Way::Up));
    let mut down = Box::pin(carry(from_server, &to_client, faults.clone(), Way::Down));
    tokio::select! {
        // One that ends ends the other.
        () = &mut up => {}
        () = &mut down => {}
        _ = faults.wait_for(|fault| fault.reset) => {
            drop((up, down));
            for end in [to_client, to_server] {
                // Without a last word: what is under way is thrown away on both sides.
                end.as_ref().set_zero_linger().unwrap();
                end.forget();
            }
        }
    }
}

async fn carry(mut from: OwnedReadHalf, to: &OwnedWriteHalf, faults: watch::Receiver<Fault>, way: Way) {
    let (mut buffer, mut carried, mut has_gap) = (vec![0; 64 * 1024], 0, false);
    loop {
        let most = faults.borrow().trickle.unwrap_or(buffer.len());
        let Ok(count @ 1..) = from.read(&mut buffer[..most]).await else { return };
        let fault = *faults.borrow();
        tokio::time::sleep(fault.delay).await;
        if (way == Way::Up && fault.deaf) || (way == Way::Down && fault.dumb) {
            has_gap = true;
            continue;
        }
        if has_gap {
            return;
        }
        let cut_after = fault.cut_after.filter(|_| way == Way::Down);
        let left = cut_after.map_or(count, |most| most.saturating_sub(carried).min(count));
        if write(to, &buffer[..left]).await.is_err() || left < count {
            return;
        }
        carried += left;
    }
}

async fn write(to: &OwnedWriteHalf, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        to.writable().await?;
        match to.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::within;
    use tokio::io::AsyncWriteExt;

    /// A server that sends back what it is sent, a bad line before it, and a client at its other end.
    async fn echo(fault: Fault) -> (Proxy, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::before(listener.local_addr().unwrap()).await;
        proxy.set(fault);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mut from, mut to) = stream.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut from, &mut to).await });
            }
        });
        let client = TcpStream::connect(proxy.address).await.unwrap();
        (proxy, client)
    }

    async fn says_and_hears(client: &mut TcpStream, text: &[u8]) -> std::io::Result<Vec<u8>> {
        client.write_all(text).await?;
        let mut heard = vec![0; text.len()];
        within(client.read_exact(&mut heard)).await?;
        Ok(heard)
    }

    #[tokio::test]
    async fn a_slow_line_brings_everything() {
        let fault = Fault { delay: Duration::from_millis(1), trickle: Some(3), ..Fault::default() };
        let (_proxy, mut client) = echo(fault).await;
        assert_eq!(says_and_hears(&mut client, b"hello there").await.unwrap(), b"hello there");
    }

    #[tokio::test]
    async fn a_line_that_is_cut_ends_in_the_middle() {
        let (_proxy, mut client) = echo(Fault { cut_after: Some(5), ..Fault::default() }).await;
        client.write_all(b"hello there").await.unwrap();
        let mut heard = Vec::new();
        within(client.read_to_end(&mut heard)).await.unwrap();
        assert_eq!(heard, b"hello");
    }

    #[tokio::test]
    async fn on_a_line_that_is_deaf_or_dumb_nothing_comes_back_and_mended_it_breaks() {
        for fault in [Fault { deaf: true, ..Fault::default() }, Fault { dumb: true, ..Fault::default() }] {
            let (proxy, mut client) = echo(fault).await;
            client.write_all(b"lost").await.unwrap();
            let silence = tokio::time::timeout(Duration::from_millis(100), client.read_u8()).await;
            assert!(silence.is_err(), "{fault:?}");
            proxy.set(Fault::default());
            client.write_all(b"behind a gap").await.unwrap();
            assert_eq!(within(client.read(&mut [0; 1])).await.unwrap_or_default(), 0, "{fault:?}");
            let mut another = TcpStream::connect(proxy.address).await.unwrap();
            assert_eq!(says_and_hears(&mut another, b"heard").await.unwrap(), b"heard", "{fault:?}");
        }
    }

    #[tokio::test]
    async fn a_line_that_is_reset_is_gone() {
        let (proxy, mut client) = echo(Fault::default()).await;
        assert_eq!(says_and_hears(&mut client, b"hello").await.unwrap(), b"hello");
        proxy.set(Fault { reset: true, ..Fault::default() });
        let end = within(client.read(&mut [0; 1])).await;
        assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    }
}
