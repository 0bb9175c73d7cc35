//! Content negotiation: the encodings that a request accepts, and the versions that its client has.

use axum::http::{HeaderMap, header};

/// Whether `Accept-Encoding` accepts this coding (RFC 9110, section 12.5.3).
pub(super) fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING);
    let items = lists.iter().filter_map(|list| list.to_str().ok()).flat_map(|l| l.split(','));
    items.map(|item| item.split_once(';').unwrap_or((item, ""))).any(|(name, weight)| {
        let is_ruled_out = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(coding) && !is_ruled_out
    })
}

/// Whether `If-None-Match` contains this validator (RFC 9110, section 13.1.2). A weak one is given without its `W/`.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH);
    let known = lists.iter().filter_map(|list| list.to_str().ok()).flat_map(|l| l.split(','));
    known.map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_coding_is_taken_only_where_the_browser_names_it() {
        let takes = |value, coding| takes(&headers(header::ACCEPT_ENCODING, value), coding);
        assert!(takes("gzip, deflate, br", "br"));
        assert!(takes("GZIP;q=0.5", "gzip"));
        assert!(!takes("gzip, br;q=0", "br"));
        assert!(!takes("gzip;q=0.0", "gzip"));
        assert!(!takes("brotli", "br"));
        assert!(!super::takes(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn a_validator_is_found_among_others() {
        let known = |value| is_known(&headers(header::IF_NONE_MATCH, value), "\"ab\"");
        assert!(known("\"x\", \"ab\"") && known("W/\"ab\"") && known("*"));
        assert!(!known("\"abc\"") && !known("ab"));
    }
}
