//! Answers with lists that phones fetch every few seconds: compressed for clients that accept that, and with 304 if
//! nothing has changed. Each version of a list is compressed once, since many phones fetch the same one.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::App;
use super::negotiation::{is_known, takes};
use crate::sync::lock;
use crate::wire::{self, Envelope};

/// The smallest body that is compressed, in bytes. A smaller one fits into one packet anyway.
const SMALL: usize = 1_024;

/// The largest compressed body that is cached, in bytes.
const KEPT: usize = 256 * 1024;

/// The compressed lists of a running hub. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Its keys are random for each run, so that nobody can construct two lists with the same validator.
    hasher: RandomState,
    /// The hash and the compressed form of each list's last content, by the list's name.
    packed: Mutex<HashMap<&'static str, (u64, Bytes)>>,
}

impl Lists {
    /// The content in compressed form, if the client accepts that and it is large enough.
    fn packed(
        &self,
        name: &'static str,
        headers: &HeaderMap,
        json: &str,
        hash: u64,
    ) -> Option<Bytes> {
        if json.len() < SMALL || !takes(headers, "gzip") {
            return None;
        }
        let mut packed = lock(&self.0.packed);
        if let Some((_, bytes)) = packed.get(name).filter(|(of, _)| *of == hash) {
            return Some(bytes.clone());
        }
        let bytes = gzip(json)?;
        if bytes.len() <= KEPT {
            packed.insert(name, (hash, bytes.clone()));
        }
        Some(bytes)
    }
}

fn gzip(json: &str) -> Option<Bytes> {
    // The fastest level, which costs a board less and makes the result only a tenth larger.
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::fast());
    // Writing to memory does not fail.
    encoder.write_all(json.as_bytes()).and_then(|()| encoder.finish()).ok().map(Bytes::from)
}

impl App {
    /// 200 with a list, or 304 if the client has this version of it. `make` builds the body.
    pub(super) fn listed(
        &self,
        name: &'static str,
        headers: &HeaderMap,
        data: impl Serialize,
        make: impl FnOnce(Vec<u8>) -> Body,
    ) -> Response {
        let json = wire::encode(&Envelope::done(self.config.now().language, data));
        let hash = self.2.0.hasher.hash_one(json.get());
        let tag = format!("\"{hash:016x}\"");
        let mut response = if is_known(headers, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.packed(name, headers, (json.into(), hash), make)
        };
        let out = response.headers_mut();
        // Weak, since the validator is the same for the compressed list.
        if let Ok(tag) = HeaderValue::try_from(format!("W/{tag}")) {
            out.insert(header::ETAG, tag);
        }
        // A browser may cache the list, but has to revalidate it each time.
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        response
    }

    /// 200 with data that is different each time, compressed if the client accepts that.
    pub(super) fn compressed(&self, headers: &HeaderMap, data: impl Serialize) -> Response {
        let json: Box<str> = wire::encode(&Envelope::done(self.config.now().language, data)).into();
        let packed = Some(&json).filter(|json| json.len() >= SMALL && takes(headers, "gzip"));
        answer(packed.and_then(|json| gzip(json)), json, Body::from)
    }

    fn packed(
        &self,
        name: &'static str,
        headers: &HeaderMap,
        (json, hash): (Box<str>, u64),
        make: impl FnOnce(Vec<u8>) -> Body,
    ) -> Response {
        answer(self.2.packed(name, headers, &json, hash), json, make)
    }
}

fn answer(packed: Option<Bytes>, json: Box<str>, make: impl FnOnce(Vec<u8>) -> Body) -> Response {
    let mut response = match packed {
        Some(bytes) => {
            drop(json);
            let mut response = wire::encoded(StatusCode::OK, make(bytes.into()));
            let coding = HeaderValue::from_static("gzip");
            response.headers_mut().insert(header::CONTENT_ENCODING, coding);
            response
        }
        None => wire::encoded(StatusCode::OK, make(String::from(json).into_bytes())),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn gunzip(bytes: &[u8]) -> String {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_list_is_compressed_once_for_each_content_and_client_that_takes_it() {
        let lists = Lists::default();
        let gzip = HeaderMap::from_iter([(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, deflate"),
        )]);
        let (small, one, other) = ("x".repeat(SMALL - 1), "one ".repeat(500), "other".repeat(500));
        assert_eq!(lists.packed("a", &gzip, &small, 1), None);
        assert_eq!(lists.packed("a", &HeaderMap::new(), &one, 2), None);
        let packed = lists.packed("a", &gzip, &one, 2).unwrap();
        assert_eq!(gunzip(&packed), one);
        let again = lists.packed("a", &gzip, &one, 2).unwrap();
        assert_eq!(again.as_ptr(), packed.as_ptr(), "not compressed again");
        assert_eq!(gunzip(&lists.packed("b", &gzip, &other, 2).unwrap()), other);
        assert_eq!(gunzip(&lists.packed("a", &gzip, &other, 3).unwrap()), other);
        assert_eq!(lock(&lists.0.packed).len(), 2, "the last of each");
    }
}
