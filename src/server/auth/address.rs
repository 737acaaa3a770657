//! Where a request comes from, as far as limits go by it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The address of the client's end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let unknown = Self(Ipv4Addr::UNSPECIFIED.into());
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(unknown))
    }
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
