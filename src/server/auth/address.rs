//! Where a request comes from, as far as limits go by it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, header};

use crate::server::state::{AppState, Shared};

/// Where each proxy adds the address that it was asked from.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection: a client, or the last of our own proxies.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The address of the client, behind all proxies of our own.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<Shared> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        Ok(Self::of(state, &parts.extensions, &parts.headers))
    }
}

impl ClientAddress {
    /// That of who asks so, over a connection from there.
    pub fn of(state: &AppState, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let peer = extensions.get::<Peer>().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0);
        Self(behind(state.config.proxies, peer, headers).to_canonical())
    }
}

/// Whence somebody comes.
#[derive(Debug, Clone)]
pub struct Whence {
    /// The address.
    pub from: IpAddr,
    /// What their browser calls itself.
    pub agent: String,
}

impl Whence {
    /// As a request's headers say it.
    pub fn new(from: IpAddr, headers: &HeaderMap) -> Self {
        let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Self { from, agent: agent.to_owned() }
    }

    /// Over a connection of which nothing else is known.
    pub fn over(ClientAddress(from): ClientAddress) -> Self {
        Self { from, agent: String::new() }
    }
}

/// The address that the first of our own proxies was asked from. What stands left of it in the header anybody can have
/// written there, and without a proxy all of it.
fn behind(proxies: usize, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let Some(others) = proxies.checked_sub(1) else { return peer };
    let lists: Vec<_> =
        headers.get_all(FORWARDED_FOR).iter().map(|list| String::from_utf8_lossy(list.as_bytes())).collect();
    let named = lists.iter().rev().flat_map(|list| list.rsplit(',')).nth(others);
    named.and_then(read).unwrap_or(peer)
}

/// With or without a port.
fn read(address: &str) -> Option<IpAddr> {
    let address = address.trim();
    address.parse().ok().or_else(|| address.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

/// What counts as one address. All of an IPv6 network's are: whoever has one has 2^64 of them.
pub fn network(address: IpAddr) -> IpAddr {
    beginning(address, 64)
}

/// What counts as one household or host: of IPv6 each is given a few hundred networks.
pub fn site(address: IpAddr) -> IpAddr {
    beginning(address, 56)
}

/// The first bits of an IPv6 address; all of an IPv4 address, of which most people have one at most.
fn beginning(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << (128 - bits))).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn what_anybody_can_have_written_does_not_count() {
        let peer: IpAddr = "127.0.0.1".parse().expect("an address");
        for (proxies, lists, address) in [
            (0, &["192.0.2.1"][..], "127.0.0.1"),
            (1, &["192.0.2.1"], "192.0.2.1"),
            (1, &["8.8.8.8, 192.0.2.1"], "192.0.2.1"),
            (1, &["8.8.8.8", "\u{e4}, 192.0.2.1"], "192.0.2.1"),
            (1, &["192.0.2.1:4711"], "192.0.2.1"),
            (1, &["[2001:db8::1]:4711"], "2001:db8::1"),
            (1, &["2001:db8::1"], "2001:db8::1"),
            (1, &["192.0.2.1, unknown"], "127.0.0.1"),
            (1, &[], "127.0.0.1"),
            (2, &["8.8.8.8, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
            (2, &["8.8.8.8, 192.0.2.1", "10.0.0.1"], "192.0.2.1"),
            (2, &["10.0.0.1"], "127.0.0.1"),
        ] {
            let value = |list: &&str| HeaderValue::from_bytes(list.as_bytes()).expect("a value");
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(FORWARDED_FOR, value(list));
            }
            assert_eq!(behind(proxies, peer, &headers).to_string(), address, "{proxies} {lists:?}");
        }
    }

    #[test]
    fn one_ipv6_network_is_one_address() {
        let parse = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(parse("2001:db8::1"), parse("2001:db8::ffff"));
        assert_ne!(parse("2001:db8::1"), parse("2001:db8:0:1::1"));
        assert_eq!(parse("::ffff:192.0.2.1"), parse("192.0.2.1"));
        assert_ne!(parse("192.0.2.1"), parse("192.0.2.2"));
    }

    #[test]
    fn one_ipv6_site_has_256_networks() {
        let parse = |text: &str| site(text.parse().expect("an address"));
        assert_eq!(parse("2001:db8::1"), parse("2001:db8:0:ff::1"));
        assert_ne!(parse("2001:db8::1"), parse("2001:db8:0:100::1"));
        assert_ne!(parse("192.0.2.1"), parse("192.0.2.2"));
    }
}
