//! Hosts and origins, spelled as browsers spell them (RFC 6454).

use std::net::Ipv6Addr;

/// An origin whose pages may call the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigin {
    /// Every origin: `*`.
    Any,
    /// One origin, spelled as browsers do: lower case, no default port.
    Exact(String),
}

impl CorsOrigin {
    /// Parses `*` or `scheme://host[:port]`; `None` for anything else, such as a URL with a path.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let text = text.to_ascii_lowercase();
        let (scheme, authority) = text.split_once("://")?;
        is_scheme(scheme).then_some(())?;
        let (host, port) = authority_parts(authority)?;
        // Browsers leave the default port out, so an origin that has it would never match.
        let port = match (scheme, port) {
            (_, None) | ("http", Some(80)) | ("https", Some(443)) => String::new(),
            (_, Some(port)) => format!(":{port}"),
        };
        Some(Self::Exact(format!("{scheme}://{host}{port}")))
    }
}

/// Takes `http://host[:port]` or `https://host[:port]`, written as browsers do, or `auto` for none.
pub(super) fn public_url(text: &str) -> Option<Option<String>> {
    if text == "auto" {
        return Some(None);
    }
    match CorsOrigin::parse(text.strip_suffix('/').unwrap_or(text))? {
        CorsOrigin::Exact(url) if url.starts_with("http://") || url.starts_with("https://") => {
            Some(Some(url))
        }
        _ => None,
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// A host with its port, each as browsers write it.
fn authority_parts(text: &str) -> Option<(String, Option<u16>)> {
    let end_of_brackets = text.find(']').unwrap_or(0);
    match text[end_of_brackets..].find(':') {
        Some(colon) => {
            let (host, port) = text.split_at(end_of_brackets + colon);
            Some((written_host(host)?, Some(port_number(&port[1..])?)))
        }
        None => Some((written_host(text)?, None)),
    }
}

/// A host as browsers write it: IPv6 addresses in their shortest form.
fn written_host(text: &str) -> Option<String> {
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().ok().map(|address| format!("[{address}]")),
        None => is_host(text).then(|| text.to_owned()),
    }
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn port_number(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| is_number && *port != 0)
}

/// Takes a host name or an address without a port, as `Host` has it: in lower case, IPv6 in brackets and
/// in its shortest form, and a name without the dot that may stand at its end.
pub(super) fn host(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    if let Ok(ip) = text.parse::<Ipv6Addr>() {
        return Some(format!("[{ip}]"));
    }
    if text.starts_with('[') {
        return written_host(&text);
    }
    let name = text.strip_suffix('.').unwrap_or(&text);
    written_host(name).filter(|name| name.split('.').all(|label| !label.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_without_a_port() {
        let taken = |text| host(text);
        assert_eq!(taken("Chat.Example."), Some("chat.example".into()));
        assert_eq!(taken("203.0.113.7."), Some("203.0.113.7".into()));
        assert_eq!(taken("FD00::1"), Some("[fd00::1]".into()));
        assert_eq!(taken("[FD00:0::1]"), Some("[fd00::1]".into()));
        for bad in [
            "",
            ".",
            "chat.example..",
            "chat..example",
            ".chat.example",
            "chat.example:80",
            "http://chat.example",
            "a b",
            "[x]",
            "[fd00::1].",
            "fd00::1.",
            "[fd00::1%eth0]",
        ] {
            assert_eq!(taken(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        let origin = |text| match CorsOrigin::parse(text) {
            Some(CorsOrigin::Exact(origin)) => origin,
            other => panic!("{text:?} gave {other:?}"),
        };
        assert_eq!(CorsOrigin::parse("*"), Some(CorsOrigin::Any));
        assert_eq!(origin("HTTPS://Chat.Example:443"), "https://chat.example");
        assert_eq!(origin("http://localhost:5173"), "http://localhost:5173");
        assert_eq!(origin("http://[fe80:0::1]:80"), "http://[fe80::1]");
        assert_eq!(origin("http://a.b:08080"), "http://a.b:8080");
        assert_eq!(origin("https://a.b:80"), "https://a.b:80");
        assert_eq!(origin("capacitor://localhost"), "capacitor://localhost");
    }

    #[test]
    fn text_that_is_more_or_less_than_an_origin_is_refused() {
        for bad in [
            "chat.example",
            "https://",
            "://a",
            "https://a/",
            "https://a/b",
            "https://a:port",
            "https://a:0",
            "https://a:+80",
            "https://a:",
            "https://[::1",
            "https://[::1]80",
            "https://*.a",
            "https://me@a",
            "null",
        ] {
            assert_eq!(CorsOrigin::parse(bad), None, "{bad:?}");
        }
    }
}
