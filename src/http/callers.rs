//! The rules for `Host` and `Origin`, pure. They are documented in docs/callers.md.
//!
//! A page from elsewhere can make a visitor's browser call any address, and a foreign DNS name can be made to
//! point at the hub (DNS rebinding). `Origin` shows the first, `Host` the second: browsers send both, and no
//! page can forge them. CORS alone does not help: it stops neither WebSockets nor calls without a preflight.

use std::net::IpAddr;

use crate::config::CorsOrigin;

/// The parts of a request by which it is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestFacts<'a> {
    /// `Host`, as it was sent.
    pub(super) host: Option<&'a str>,
    /// `Origin`, as it was sent.
    pub(super) origin: Option<&'a str>,
    /// Whether it could change anything: WebSockets, Engine.IO's requests, and all methods except those that
    /// only read.
    pub(super) changes: bool,
}

/// The verdict on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Welcome,
    /// The host is not this hub: 421.
    WrongHost,
    /// It comes from a foreign page that is not allowed: 403.
    ForeignOrigin,
}

/// The hub's names, and what is allowed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    /// Host names of the hub, in lower case.
    pub(super) names: &'a [String],
    /// Origins whose pages may call, in addition to the hub's own.
    pub(super) origins: &'a [CorsOrigin],
    /// Whether requests without `Origin` are refused.
    pub(super) origin_required: bool,
}

impl Rules<'_> {
    /// Applies the rules.
    pub(super) fn judge(&self, knock: RequestFacts<'_>) -> Verdict {
        let Some(host) = knock.host.filter(|host| self.is_own(host)) else {
            return Verdict::WrongHost;
        };
        let is_welcome = match knock.origin {
            _ if !knock.changes => true,
            None => !self.origin_required,
            Some(origin) => is_page_of(origin, host) || self.is_allowed(origin),
        };
        if is_welcome { Verdict::Welcome } else { Verdict::ForeignOrigin }
    }

    /// Whether a `Host`, with or without a port, is this hub. Any IP address counts: behind a router, in a
    /// container or with a port forward the machine does not know it, and rebinding needs a name.
    fn is_own(&self, host: &str) -> bool {
        let (name, _port) = split(host);
        let name = whole(name);
        address(&name).is_some() || name == "localhost" || self.is_named(&name)
    }

    fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    fn is_allowed(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| match allowed {
            CorsOrigin::Any => true,
            CorsOrigin::Exact(allowed) => origin.eq_ignore_ascii_case(allowed),
        })
    }
}

/// Whether a request comes from nearby: from a private address, to the hub's own `.local` or `.internal` name,
/// `localhost` or an IP address. Only such requests get the Wi-Fi's password. A proxy that gives the hub a public name
/// does not count: it forwards requests from everywhere.
pub(super) fn is_from_nearby(peer: IpAddr, host: Option<&str>) -> bool {
    let is_near = match peer.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_loopback(),
    };
    let is_local = |host: &str| {
        let name = whole(split(host).0);
        let is_private = [".local", ".internal"].iter().any(|top| name.ends_with(top));
        address(&name).is_some() || name == "localhost" || is_private
    };
    is_near && host.is_some_and(is_local)
}

/// Whether `origin` and `host` are the same host. The scheme may differ: a proxy that adds TLS passes on the
/// host.
fn is_page_of(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let default = match scheme {
        "http" => "80",
        "https" => "443",
        _ => return false,
    };
    let full = |authority| {
        let (name, port) = split(authority);
        (whole(name), port.unwrap_or(default).to_owned())
    };
    full(authority) == full(host)
}

/// The host and port of an origin such as `https://chat.example:8443`.
pub(super) fn host_of(url: &str) -> Option<&str> {
    url.split_once("://").map(|(_, authority)| split(authority).0)
}

/// Splits a host from its port, if it has one: `[::1]:80` is `[::1]` and `80`. Only a number is a port: in
/// `cola.local:@evil.example` the host is another one.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    }
}

/// A name as it is compared: without the dot at the end of a fully qualified name. Addresses in brackets have
/// none.
fn whole(name: &str) -> String {
    let is_name = !name.starts_with('[');
    name.strip_suffix('.').filter(|_| is_name).unwrap_or(name).to_ascii_lowercase()
}

/// The IP address in a host, if it is one. The zone of an IPv6 address (`%eth0`) is ignored.
fn address(name: &str) -> Option<IpAddr> {
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let Some(v6) = inside else { return name.parse().ok().map(IpAddr::V4) };
    let v6 = match v6.split_once('%') {
        Some((v6, zone)) => is_zone(zone).then_some(v6)?,
        None => v6,
    };
    v6.parse().ok().map(IpAddr::V6)
}

fn is_zone(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::Verdict::{ForeignOrigin, Welcome, WrongHost};
    use super::*;

    struct Hub {
        names: Vec<String>,
        origins: Vec<CorsOrigin>,
        origin_required: bool,
    }

    fn hub() -> Hub {
        Hub {
            names: vec!["cola.local".into(), "chat.example".into(), "203.0.113.7".into()],
            origins: vec![CorsOrigin::parse("http://192.168.4.1:3000").unwrap()],
            origin_required: false,
        }
    }

    impl Hub {
        fn judge(&self, host: &str, origin: Option<&str>, changes: bool) -> Verdict {
            let Self { names, origins, origin_required } = self;
            let rules = Rules { names, origins, origin_required: *origin_required };
            rules.judge(RequestFacts { host: Some(host), origin, changes })
        }

        fn opens(&self, host: &str) -> bool {
            self.judge(host, None, false) == Welcome
        }
    }

    #[test]
    fn the_hub_answers_to_its_names_its_addresses_and_localhost() {
        for host in [
            "cola.local",
            "COLA.local:8080",
            "cola.local.",
            "localhost:8080",
            "127.0.0.1",
            "127.9.9.9:1",
            "[::1]:8080",
            "192.168.4.1",
            "192.168.4.1:80",
            "[fe80::1]",
            "[FE80::1%Eth0]:80",
            "[fe80:0::1%25eth0]",
            "[::1]:",
            "127.0.0.1.",
            "chat.example.:443",
            "203.0.113.7",
            "198.51.100.1:8080",
            "192.168.4.2",
            "[fe80::2]",
            "[2001:db8::1]:80",
        ] {
            assert!(hub().opens(host), "{host}");
        }
    }

    #[test]
    fn it_answers_to_nobody_elses() {
        for host in [
            "evil.example",
            "cola.local.evil.example",
            "evil.cola.local",
            "192.168.4.1.evil.example",
            "fe80::1",
            "0xc0a80401",
            "localhost.evil.example",
            "",
            ":80",
            "cola.local@evil.example",
            "cola.local:@evil.example",
            "cola.local:80@evil.example",
            "cola.local..",
            "cola..local",
            ".cola.local",
            ".",
            "cola.local:80.",
            "cola.local:+80",
            "cola.local:80:80",
            "cola%2Elocal",
            "cola.local/",
            "[fe80::1%@evil.example]",
            "[fe80::1%et%68]",
            "[fe80::1%]",
            "[fe80::1%eth0].:80",
            "[::1].",
            "[::1]x",
            "[::1]]",
            "[::1",
            "::1]",
            "[]",
            "[%eth0]",
            "[127.0.0.1]",
            "[localhost]",
            "[v1.cola]",
            "127.1",
            "0x7f.1",
            "0177.0.0.1",
            "2130706433",
            "127.0.0.1%eth0",
            "evil.example#cola.local",
            "*",
        ] {
            assert!(!hub().opens(host), "{host}");
        }
        let names = hub().names;
        let rules = Rules { names: &names, origins: &[], origin_required: false };
        let knock = RequestFacts { host: None, origin: None, changes: false };
        assert_eq!(rules.judge(knock), WrongHost, "a request without a host");
    }

    #[test]
    fn only_callers_nearby_at_a_local_name_get_the_wifi() {
        let near = |peer: &str, host| is_from_nearby(peer.parse().unwrap(), Some(host));
        for peer in ["10.42.0.7", "169.254.3.3", "127.0.0.1", "::1", "fd00::7", "fe80::7"] {
            for host in [
                "cola.local",
                "CAMP.local:8080",
                "cola.internal",
                "localhost",
                "10.42.0.1",
                "[fd00::1]:80",
            ] {
                assert!(near(peer, host), "{peer} at {host}");
            }
            for host in ["chat.example", "cola", "cola.local.example", "local", ""] {
                assert!(!near(peer, host), "{peer} at {host}");
            }
            assert!(!is_from_nearby(peer.parse().unwrap(), None));
        }
        for peer in ["203.0.113.9", "2001:db8::1", "::ffff:203.0.113.9", "0.0.0.0"] {
            assert!(!near(peer, "cola.local"), "{peer}");
        }
        assert!(near("::ffff:192.168.4.7", "cola.local"));
    }

    #[test]
    fn the_hubs_own_page_and_listed_ones_may_change_things() {
        let from = |origin, host| hub().judge(host, Some(origin), true);
        assert_eq!(from("http://cola.local:8080", "cola.local:8080"), Welcome);
        assert_eq!(from("http://cola.local", "cola.local:80"), Welcome);
        assert_eq!(from("https://chat.example", "chat.example"), Welcome);
        assert_eq!(from("http://[fe80::1]:8080", "[fe80::1]:8080"), Welcome);
        assert_eq!(from("http://192.168.4.1:3000", "192.168.4.1:8080"), Welcome, "listed");
    }

    #[test]
    fn every_other_page_may_only_look() {
        for origin in [
            "http://evil.example",
            "http://192.168.4.1:4000",
            "http://cola.local:8081",
            "https://cola.local:8443",
            "null",
            "",
            "file://cola.local",
            "http://cola.local.evil.example",
        ] {
            assert_eq!(hub().judge("cola.local", Some(origin), true), ForeignOrigin, "{origin}");
            assert_eq!(hub().judge("cola.local", Some(origin), false), Welcome, "{origin}");
            assert_eq!(hub().judge("evil.example", Some(origin), true), WrongHost, "{origin}");
        }
        let dotted = hub().judge("[fe80::1]", Some("http://[fe80::1]."), true);
        assert_eq!(dotted, ForeignOrigin, "an address in brackets has no dot behind it");
        let any = Hub { origins: vec![CorsOrigin::Any], ..hub() };
        assert_eq!(any.judge("cola.local", Some("null"), true), Welcome);
    }

    #[test]
    fn a_program_without_an_origin_is_let_in_unless_the_host_minds() {
        assert_eq!(hub().judge("cola.local", None, true), Welcome);
        let strict = Hub { origin_required: true, ..hub() };
        assert_eq!(strict.judge("cola.local", None, true), ForeignOrigin);
        assert_eq!(strict.judge("cola.local", None, false), Welcome);
    }
}
