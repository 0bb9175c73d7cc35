//! Finds the client's address in the headers of a proxy.
//!
//! Only `X-Forwarded-For` is read. A proxy appends to the header that it knows and passes on the other one as
//! the client sent it, so reading `Forwarded`, too, would accept forgeries.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderValue};

/// The rightmost address that is not a trusted proxy: everything left of it is the client's claim. The
/// leftmost if all are trusted. `None` without an address, or with one that cannot be parsed.
pub(super) fn client(headers: &HeaderMap, is_ours: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let lines: Vec<&[u8]> =
        headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes).collect();
    let mut last = None;
    for item in lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')) {
        let address = address(item)?;
        last = Some(address);
        if !is_ours(address) {
            break;
        }
    }
    last
}

/// Parses an address; some proxies append the port.
fn address(item: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(item).ok()?.trim();
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let address = match bracketed {
        Some((inside, "")) => IpAddr::V6(inside.parse().ok()?),
        Some((inside, port)) if is_port(port) => IpAddr::V6(inside.parse().ok()?),
        Some(_) => return None,
        None => match text.find(':') {
            Some(colon) if text.contains('.') && is_port(&text[colon..]) => {
                IpAddr::V4(text[..colon].parse::<Ipv4Addr>().ok()?)
            }
            _ => text.parse().ok()?,
        },
    };
    Some(address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    const NAME: HeaderName = HeaderName::from_static("x-forwarded-for");

    fn told(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(NAME, HeaderValue::from_str(line).unwrap());
        }
        let ours: IpAddr = "10.0.0.1".parse().unwrap();
        client(&headers, |address| address == ours).map(|address| address.to_string())
    }

    #[test]
    fn the_right_most_that_is_not_ours_counts() {
        let is = |lines: &[&str], expected: &str| {
            assert_eq!(told(lines).as_deref(), Some(expected), "{lines:?}");
        };
        is(&["203.0.113.9"], "203.0.113.9");
        is(&["1.1.1.1, 203.0.113.9"], "203.0.113.9");
        is(&["1.1.1.1, 203.0.113.9, 10.0.0.1"], "203.0.113.9");
        is(&["1.1.1.1", "203.0.113.9,10.0.0.1"], "203.0.113.9");
        is(&["nonsense, 203.0.113.9"], "203.0.113.9");
        is(&["10.0.0.1"], "10.0.0.1");
        is(&["203.0.113.9:4711"], "203.0.113.9");
        is(&["2001:db8::7"], "2001:db8::7");
        is(&["[2001:db8::7]:4711"], "2001:db8::7");
        is(&["[2001:db8::7]"], "2001:db8::7");
        is(&["::ffff:203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn an_unreadable_header_names_no_client() {
        for lines in [
            &[][..],
            &[""],
            &["unknown"],
            &["203.0.113.9, _hidden"],
            &["203.0.113.9,"],
            &["203.0.113.9, nonsense, 10.0.0.1"],
            &["203.0.113.9:99999"],
            &["[2001:db8::7"],
            &["[2001:db8::7]x"],
            &["203.0.113.9:"],
        ] {
            assert_eq!(told(lines), None, "{lines:?}");
        }
    }
}
