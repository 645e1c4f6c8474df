//! From where somebody comes.

use std::net::{IpAddr, Ipv6Addr};

/// An address, or the network of an IPv6 address: one machine has many of the latter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Peer(IpAddr);

/// The part of an IPv6 address that names a network: the first 64 bits.
const NETWORK: u128 = !0 << 64;

/// How many of so many places one peer may have: three quarters, so that one that takes all it can leaves some to others,
/// and whoever stands behind one address with many others hardly notices.
pub(super) fn share(places: usize) -> usize {
    (places * 3 / 4).max(1)
}

impl Peer {
    pub(super) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) if !address.is_loopback() => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & NETWORK))
            }
            address => address,
        })
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_is_one_peer() {
        let peer = |text: &str| Peer::of(text.parse().unwrap());
        for (left, right, same) in [
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::1", "::2", false),
        ] {
            assert_eq!(peer(left) == peer(right), same, "{left} {right}");
        }
    }
}
