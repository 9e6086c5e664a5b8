//! Which addresses may be reached. A feed list, a redirect or a name server must not make us ask
//! the owner's own network (server-side request forgery).
//!
//! An address is looked at three times, because each way in misses the other two: an IP literal in
//! a URL never reaches the resolver, a name shows its addresses only there, and what was connected
//! to in the end is known only afterwards.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::fetch::Error;
use crate::model::fetch::{Failure, FailureClass};

/// Longer URLs are refused; servers rarely take more than 8 KiB either (RFC 9110 section 4.1).
const URL_BYTES_MAX: usize = 8192;

/// What is not the public internet, the first match naming it: the IANA IPv4 and IPv6
/// Special-Purpose Address Registries, multicast, and for IPv6 all that is not global unicast.
///
/// Translated addresses (mapped, NAT64, 6to4, Teredo) are out as a whole: they carry an IPv4
/// address that would have to be unpacked and judged, and no publisher uses them.
const NOT_PUBLIC: [(&str, &str); 42] = [
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by a carrier"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("::/96", "IPv4-compatible"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/32", "Teredo"),
    ("2001:2::/48", "benchmarking"),
    ("2001:10::/28", "ORCHID"),
    ("2001:20::/28", "ORCHIDv2"),
    ("2001:30::/28", "drone identifiers"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "SRv6 segments"),
    ("fc00::/7", "unique local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
    ("::/3", "not global unicast"),
    ("4000::/2", "not global unicast"),
    ("8000::/1", "not global unicast"),
];

static NETS: LazyLock<Vec<(IpNet, &str)>> = LazyLock::new(|| {
    let read = |net: &str| net.parse().expect("a test reads every row of the table");
    NOT_PUBLIC.iter().map(|(net, kind)| (read(net), *kind)).collect()
});

/// An address that is not public and was not opened by the owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{address}, which is not public ({kind}); `fetch.allow_hosts` opens it")]
pub(super) struct Blocked {
    address: IpAddr,
    kind: &'static str,
}

/// What the owner opened. Names are in the normal form of the URL standard, without final dot.
#[derive(Debug)]
pub(super) struct Guard {
    names: HashSet<String>,
    nets: Vec<IpNet>,
}

impl Guard {
    pub(super) fn new(allow_hosts: &[String]) -> Result<Self, Error> {
        let mut guard = Self { names: HashSet::new(), nets: Vec::new() };
        for entry in allow_hosts {
            match allowed(entry) {
                Some(Allowed::Name(name)) => {
                    guard.names.insert(name);
                }
                Some(Allowed::Net(net)) => guard.nets.push(net),
                None => return Err(Error::AllowHost { entry: entry.clone() }),
            }
        }
        Ok(guard)
    }

    /// Whether `url` may be asked at all; for a name, its addresses are judged when it is resolved.
    pub(super) fn check_url(&self, url: &Url) -> Result<(), Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            let reason = format!("`{}` URLs are not fetched, only http and https", url.scheme());
            return Err(Failure::new(FailureClass::Url, reason));
        }
        if url.as_str().len() > URL_BYTES_MAX {
            let reason = format!("the URL is longer than {URL_BYTES_MAX} bytes");
            return Err(Failure::new(FailureClass::Url, reason));
        }
        // The url crate has already made one form of all spellings: 2130706433, 0x7f.1, 127.1.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Failure::new(FailureClass::Url, "the URL has no host")),
        };
        self.check_address(address).map_err(|blocked| blocked.failure(None))
    }

    /// Whether the peer of a connection made for `url` is one that may be reached.
    pub(super) fn check_peer(&self, url: &Url, peer: Option<SocketAddr>) -> Result<(), Failure> {
        if let Some(Host::Domain(name)) = url.host()
            && self.is_open(name)
        {
            return Ok(());
        }
        let Some(peer) = peer else {
            let reason = "the address connected to is not known";
            return Err(Failure::new(FailureClass::Blocked, reason));
        };
        self.check_address(peer.ip()).map_err(|blocked| blocked.failure(url.domain()))
    }

    /// Those of `addresses` that may be reached for `name`; the first blocked one if none may.
    fn filter(&self, name: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Blocked> {
        if self.is_open(name) {
            return Ok(addresses);
        }
        let mut public = Vec::with_capacity(addresses.len());
        let mut blocked = None;
        for address in addresses {
            match self.check_address(address.ip()) {
                Ok(()) => public.push(address),
                Err(error) => blocked = blocked.or(Some(error)),
            }
        }
        match blocked {
            Some(error) if public.is_empty() => Err(error),
            _ => Ok(public),
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.names.contains(name.trim_end_matches('.'))
    }

    fn check_address(&self, address: IpAddr) -> Result<(), Blocked> {
        // A mapped address reaches the IPv4 host, so the owner's word for that host counts.
        let canonical = address.to_canonical();
        if self.nets.iter().any(|net| net.contains(&address) || net.contains(&canonical)) {
            return Ok(());
        }
        match NETS.iter().find(|(net, _)| net.contains(&address)) {
            Some((_, kind)) => Err(Blocked { address, kind }),
            None => Ok(()),
        }
    }
}

impl Blocked {
    /// The failure for the owner; with the `name` that has this address, if it was a name.
    pub(super) fn failure(&self, name: Option<&str>) -> Failure {
        let reason = name.map_or_else(
            || format!("the URL is at {self}"),
            |name| format!("`{name}` is at {self}"),
        );
        Failure::new(FailureClass::Blocked, reason)
    }
}

/// The system's resolver, with every answer filtered.
#[derive(Debug)]
pub(super) struct Resolver(pub(super) Arc<Guard>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public = guard.filter(name.as_str(), addresses)?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

enum Allowed {
    Name(String),
    Net(IpNet),
}

fn allowed(entry: &str) -> Option<Allowed> {
    let entry = entry.trim();
    if let Ok(net) = entry.parse::<IpNet>() {
        return Some(Allowed::Net(net));
    }
    if let Ok(address) = entry.parse::<IpAddr>() {
        return Some(Allowed::Net(address.into()));
    }
    match Host::parse(entry).ok()? {
        Host::Ipv4(address) => Some(Allowed::Net(IpAddr::V4(address).into())),
        Host::Ipv6(address) => Some(Allowed::Net(IpAddr::V6(address).into())),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let is_name = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
            is_name.then(|| Allowed::Name(name.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn guard(allow_hosts: &[&str]) -> Guard {
        let entries: Vec<String> = allow_hosts.iter().map(ToString::to_string).collect();
        Guard::new(&entries).unwrap()
    }

    fn class(guard: &Guard, url: &str) -> Option<FailureClass> {
        guard.check_url(&Url::parse(url).unwrap()).err().map(|failure| failure.class)
    }

    #[track_caller]
    fn check(address: &str, kind: Option<&str>) {
        let found = guard(&[]).check_address(address.parse().unwrap()).err();
        assert_eq!(found.map(|blocked| blocked.kind), kind, "{address}");
    }

    #[test]
    fn first_and_last_address_of_every_row_are_blocked() {
        let guard = guard(&[]);
        for (net, kind) in NETS.iter() {
            for address in [net.network(), net.broadcast()] {
                assert!(guard.check_address(address).is_err(), "{address} ({kind})");
            }
        }
    }

    #[test]
    fn every_row_names_its_kind() {
        check("0.0.0.0", Some("this network"));
        check("0.1.2.3", Some("this network"));
        check("10.11.12.13", Some("private"));
        check("100.64.0.1", Some("shared by a carrier"));
        check("127.0.0.1", Some("loopback"));
        check("127.255.255.254", Some("loopback"));
        check("169.254.169.254", Some("link-local"));
        check("172.31.255.255", Some("private"));
        check("192.0.0.8", Some("protocol assignments"));
        check("192.0.2.1", Some("documentation"));
        check("192.88.99.1", Some("6to4 relay"));
        check("192.168.1.1", Some("private"));
        check("198.19.0.1", Some("benchmarking"));
        check("198.51.100.7", Some("documentation"));
        check("203.0.113.7", Some("documentation"));
        check("239.255.255.250", Some("multicast"));
        check("240.0.0.1", Some("reserved"));
        check("255.255.255.255", Some("broadcast"));
        check("::", Some("unspecified"));
        check("::1", Some("loopback"));
        check("::ffff:8.8.8.8", Some("IPv4-mapped"));
        check("::ffff:0:127.0.0.1", Some("IPv4-translated"));
        check("::127.0.0.1", Some("IPv4-compatible"));
        check("64:ff9b::7f00:1", Some("NAT64"));
        check("64:ff9b:1::1", Some("local NAT64"));
        check("100::1", Some("discard"));
        check("100:0:0:1::1", Some("dummy prefix"));
        check("2001:0:4136:e378::1", Some("Teredo"));
        check("2001:2::1", Some("benchmarking"));
        check("2001:10::1", Some("ORCHID"));
        check("2001:20::1", Some("ORCHIDv2"));
        check("2001:30::1", Some("drone identifiers"));
        check("2001:1::1", Some("protocol assignments"));
        check("2001:db8::1", Some("documentation"));
        check("2002:7f00:1::1", Some("6to4"));
        check("3fff:fff::1", Some("documentation"));
        check("5f00::1", Some("SRv6 segments"));
        check("fd00::1", Some("unique local"));
        check("fe80::1", Some("link-local"));
        check("fec0::1", Some("site-local"));
        check("ff02::1", Some("multicast"));
        check("1000::1", Some("not global unicast"));
        check("4000::1", Some("not global unicast"));
        check("9000::1", Some("not global unicast"));
    }

    #[test]
    fn public_addresses_and_the_neighbors_of_blocked_ones_pass() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:67c::1",
            "2003::1",
            "2a00:1450::1",
            "3ffe::1",
        ] {
            check(address, None);
        }
    }

    #[test]
    fn every_spelling_of_loopback_is_blocked() {
        let guard = guard(&[]);
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "①②⑦.0.0.1",
            "%31%32%37.0.0.1",
            "0",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::127.0.0.1]",
            "[2002:7f00:1::]",
        ] {
            let url = format!("http://user@{host}:8080/feed.xml");
            assert_eq!(class(&guard, &url), Some(FailureClass::Blocked), "{host}");
        }
    }

    #[test]
    fn only_http_is_fetched() {
        let guard = guard(&["127.0.0.1"]);
        for url in ["file:///etc/passwd", "ftp://nos.nl/", "gopher://127.0.0.1/", "data:,x"] {
            assert_eq!(class(&guard, url), Some(FailureClass::Url), "{url}");
        }
        let long = format!("https://nos.nl/{}", "a".repeat(URL_BYTES_MAX));
        assert_eq!(class(&guard, &long), Some(FailureClass::Url));
        assert_eq!(class(&guard, "https://nos.nl/"), None);
    }

    #[test]
    fn owner_opens_single_hosts_and_networks() {
        let guard = guard(&["127.0.0.1", "10.0.0.0/8", "fd00::/8", "[::1]", "NAS.local."]);
        assert_eq!(class(&guard, "http://2130706433/"), None);
        assert_eq!(class(&guard, "http://[::ffff:7f00:1]/"), None);
        assert_eq!(class(&guard, "http://10.200.0.1/"), None);
        assert_eq!(class(&guard, "http://[fd00::7]/"), None);
        assert_eq!(class(&guard, "http://[::1]/"), None);
        assert_eq!(class(&guard, "http://127.0.0.2/"), Some(FailureClass::Blocked));
        assert_eq!(class(&guard, "http://192.168.0.1/"), Some(FailureClass::Blocked));
        for wrong in ["", "*.local", "10.0.0.0/40", "nas.local:80", "http://nas.local", "a b"] {
            assert!(Guard::new(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn answers_of_a_name_server_are_filtered() {
        let public: SocketAddr = "1.1.1.1:0".parse().unwrap();
        let private: SocketAddr = "192.168.0.7:0".parse().unwrap();
        let open = guard(&["nas.local"]);
        assert_eq!(open.filter("nos.nl", vec![private, public]), Ok(vec![public]));
        assert_eq!(open.filter("nas.local.", vec![private]), Ok(vec![private]));
        assert_eq!(open.filter("nos.nl", vec![]), Ok(vec![]));
        let blocked = open.filter("nos.nl", vec![private]).unwrap_err();
        assert_eq!(
            blocked.failure(Some("nos.nl")).reason,
            "`nos.nl` is at 192.168.0.7, which is not public (private); \
             `fetch.allow_hosts` opens it"
        );
    }

    #[test]
    fn name_that_turns_private_after_its_first_answer_is_refused() {
        // DNS rebinding: harmless when it is looked at, the owner's router when it is connected to.
        let guard = guard(&[]);
        let url = Url::parse("http://wissel.example/feed").unwrap();
        let at = |address: &str| -> SocketAddr { address.parse().unwrap() };
        let (public, private) = (at("93.184.215.14:80"), at("192.168.1.1:80"));
        assert_eq!(guard.check_url(&url), Ok(()));
        assert_eq!(guard.filter("wissel.example", vec![public]), Ok(vec![public]));
        assert!(guard.filter("wissel.example", vec![private]).is_err());
        let failure = guard.check_peer(&url, Some(private)).unwrap_err();
        assert_eq!(failure.class, FailureClass::Blocked);
        assert!(failure.reason.starts_with("`wissel.example` is at 192.168.1.1"), "{failure:?}");
    }

    #[test]
    fn peer_is_judged_by_the_address_connected_to() {
        let open = guard(&["nas.local"]);
        let private: SocketAddr = "192.168.0.7:80".parse().unwrap();
        let public: SocketAddr = "1.1.1.1:80".parse().unwrap();
        let check = |url: &str, peer| open.check_peer(&Url::parse(url).unwrap(), peer).is_ok();
        assert!(check("http://nas.local/", Some(private)));
        assert!(check("http://nos.nl/", Some(public)));
        assert!(!check("http://nos.nl/", Some(private)));
        assert!(!check("http://nos.nl/", None));
    }

    proptest! {
        #[test]
        fn nothing_outside_global_unicast_passes(bits: u128) {
            let is_global_unicast = bits >> 125 == 1;
            let address = IpAddr::V6(Ipv6Addr::from_bits(bits));
            prop_assert!(is_global_unicast || guard(&[]).check_address(address).is_err());
        }

        #[test]
        fn no_ipv6_address_carries_an_ipv4_one_past_the_guard(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            let low = u128::from(bits);
            for carrier in [
                low,
                v4.to_ipv6_mapped().to_bits(),
                0xffff << 32 | low,
                0x0064_ff9b << 96 | low,
                0x2002 << 112 | low << 80,
                0x2001 << 112 | low,
            ] {
                let address = IpAddr::V6(Ipv6Addr::from_bits(carrier));
                prop_assert!(guard(&[]).check_address(address).is_err(), "{address}");
            }
        }
    }
}
