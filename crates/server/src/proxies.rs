//! Proxies in front of the server: what they say about a request is believed of those that are trusted, and of nobody else.

use std::net::IpAddr;
use std::str::FromStr;

use http::{HeaderMap, HeaderName};

/// The addresses of proxies: one, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| wanted())?;
        let address = address.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse().map_err(|_| wanted()))?;
        if bits > most { Err(wanted()) } else { Ok(Self { address, bits }) }
    }
}

fn wanted() -> String {
    "write an address such as 10.0.0.5, or a network such as 10.0.0.0/8".to_owned()
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let shifted = |left: u128, right: u128, width: u32| {
            let rest = width - u32::from(self.bits);
            left.checked_shr(rest).unwrap_or(0) == right.checked_shr(rest).unwrap_or(0)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => shifted(own.to_bits().into(), other.to_bits().into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => shifted(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

/// Where a request came from, as far as it can be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client's address.
    pub(crate) address: IpAddr,
    /// The host name it asked for.
    pub(crate) host: String,
    /// It came over TLS.
    pub(crate) over_tls: bool,
}

impl Origin {
    /// Of a request about which nobody asks.
    pub(crate) fn unknown(peer: IpAddr) -> Self {
        Self { address: peer, host: String::new(), over_tls: false }
    }

    /// Of a request from this peer; `host` is what its own head names.
    pub(crate) fn of(peer: IpAddr, host: &str, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        if !is_trusted(peer) {
            return Self { address: peer, host: host.to_owned(), over_tls: false };
        }
        // From the nearest hop outwards: the first one that no proxy of ours has is the client.
        let mut address = peer;
        for hop in values(headers, "x-forwarded-for").into_iter().rev() {
            let Ok(hop) = hop.parse::<IpAddr>() else { break };
            address = hop;
            if !is_trusted(hop) {
                break;
            }
        }
        let last = |name| values(headers, name).pop();
        Self {
            address,
            host: last("x-forwarded-host").filter(|host| !host.is_empty()).unwrap_or(host).to_owned(),
            over_tls: last("x-forwarded-proto").is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
        }
    }
}

/// The values of a header in the order they were added, each trimmed.
fn values<'h>(headers: &'h HeaderMap, name: &'static str) -> Vec<&'h str> {
    let lines = headers.get_all(HeaderName::from_static(name)).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(peer: &str, headers: &[(&'static str, &'static str)]) -> (String, String, bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), http::HeaderValue::from_static(value));
        }
        let trusted = ["10.0.0.0/8".parse().expect("a network"), "::1".parse().expect("an address")];
        let origin = Origin::of(peer.parse().expect("an address"), "own.example", &map, &trusted);
        (origin.address.to_string(), origin.host, origin.over_tls)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let claims = [
            ("x-forwarded-for", "1.2.3.4, 5.6.7.8, 10.0.0.2"),
            ("x-forwarded-host", "acme.egito.pl"),
            ("x-forwarded-proto", "https"),
        ];
        let believed = ("5.6.7.8".to_owned(), "acme.egito.pl".to_owned(), true);
        assert_eq!(origin("10.0.0.1", &claims), believed);
        assert_eq!(origin("::ffff:10.0.0.1", &claims), believed);
        assert_eq!(origin("::1", &claims), believed);
        assert_eq!(origin("11.0.0.1", &claims), ("11.0.0.1".to_owned(), "own.example".to_owned(), false));
        assert_eq!(origin("10.0.0.1", &[]), ("10.0.0.1".to_owned(), "own.example".to_owned(), false));
    }

    #[test]
    fn a_network_is_an_address_and_perhaps_a_number_of_bits() {
        for wrong in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "::1/129", "proxy.example", "10.0.0.0/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let all: Network = "0.0.0.0/0".parse().expect("a network");
        assert!(all.contains("1.2.3.4".parse().expect("an address")));
        assert!(!all.contains("::1".parse().expect("an address")));
    }
}
