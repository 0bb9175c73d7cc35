//! The hub's own pages, compiled in, and the official Socket.IO client for other pages.
//!
//! Every file is in the program once, compressed with gzip, and has a strong ETag. The rare client that does not
//! accept gzip gets it unpacked.

use std::borrow::Cow;
use std::io::{self, Read};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use flate2::read::GzDecoder;
use rust_embed::{Embed, EmbeddedFile};

use super::App;
use super::negotiation::{is_known, takes};
use super::respond::no_such_call;
use crate::domain::language::Language;

/// The built page, each file compressed under its own name. Empty in a hub that was built without it.
#[derive(Embed)]
#[folder = "web/packed"]
#[allow_missing = true]
struct Packed;

/// The file behind the lobby, the rooms and the join page.
const INDEX: &str = "index.html";

/// The host's page: a file, with scripts and a style sheet, of its own, so that nobody else fetches any of it.
const HOST: &str = "host.html";

/// The page of a wall, likewise.
const WALL: &str = "wall.html";

/// The coding of the packed files.
const GZIP: &str = "gzip";

/// Files whose names change with their content.
const HASHED: &str = "assets/";

/// The page of a hub that was built without its pages.
const NO_PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Cola Hub</title>\
<h1>This hub was built without its page</h1>\
<p>It serves Cola Chat and every Socket.IO client all the same. \
<code>./dev run</code> builds hub and page together.</p></html>\n";

/// The 404 page, in both languages, the hub's own first: anybody may have mistyped the address.
const NOTHING_HERE: [(Language, &str); 2] = [
    (
        Language::Ko,
        "<section lang=\"ko\"><h1>없는 주소입니다</h1>\
<p>주소를 다시 확인하거나 <a href=\"/\">처음 화면</a>에서 방을 골라 주세요.</p></section>",
    ),
    (
        Language::En,
        "<section lang=\"en\"><h1>There is nothing at this address</h1>\
<p>Check the address, or choose a room in <a href=\"/\">the lobby</a>.</p></section>",
    ),
];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(index))
        .route("/join", get(index))
        .route("/join/", get(index))
        .route("/r/{code}", get(index))
        .route("/r/{code}/", get(index))
        .route("/host", get(host))
        .route("/host/{*view}", get(host))
        .route("/wall", get(wall))
        .route("/wall/", get(wall))
        .route("/wall/{code}", get(wall))
        .route("/wall/{code}/", get(wall))
        .route("/assets/{*file}", get(file))
        .route("/licenses.txt", get(file))
}

/// Serves the official client in front of Socket.IO, which would take its path for a handshake.
pub fn with_client(inner: Router) -> Router {
    let served = Packed::iter().filter(|name| name.starts_with("socket.io/"));
    let routes = served.fold(Router::new(), |router, name| {
        router.route(&format!("/{name}"), get(file).layer(from_fn(for_everyone)))
    });
    routes.fallback_service(inner)
}

/// Lets pages of every origin load the client, as other Socket.IO servers do.
async fn for_everyone(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let anyone = HeaderValue::from_static("cross-origin");
    response.headers_mut().insert("cross-origin-resource-policy", anyone);
    response
}

async fn index(headers: HeaderMap) -> Response {
    page(INDEX, &headers)
}

async fn host(headers: HeaderMap) -> Response {
    page(HOST, &headers)
}

async fn wall(headers: HeaderMap) -> Response {
    page(WALL, &headers)
}

fn page(name: &str, headers: &HeaderMap) -> Response {
    match Packed::get(name) {
        Some(_) => serve(name, headers),
        None => Html(NO_PAGE).into_response(),
    }
}

/// 404: a page for a person's browser, the envelope for programs.
pub(super) async fn nothing_here(State(app): State<App>, request: Request) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || !wants_page(request.headers()) {
        return no_such_call();
    }
    let own = app.config.now().language;
    let mut parts = NOTHING_HERE;
    parts.sort_by_key(|(language, _)| *language != own);
    let [(_, first), (_, second)] = parts;
    let html = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
<title>404 · Cola Hub</title>{first}{second}</html>\n",
        own.code()
    );
    let mut response = (StatusCode::NOT_FOUND, Html(html)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    secure(response.headers_mut(), request.headers());
    response
}

/// Whether a browser opens an address: programs, and a page's own calls, do not accept HTML.
fn wants_page(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT).iter().filter_map(|list| list.to_str().ok());
    let mut kinds = lists
        .flat_map(|list| list.split(','))
        .map(|item| item.split(';').next().unwrap_or_default().trim());
    kinds.any(|kind| kind.eq_ignore_ascii_case("text/html"))
}

async fn file(request: Request) -> Response {
    serve(request.uri().path().trim_start_matches('/'), request.headers())
}

fn serve(name: &str, headers: &HeaderMap) -> Response {
    let Some(file) = Packed::get(name) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let is_packed = takes(headers, GZIP);
    let etag = etag(&file, is_packed);
    let mut response = if is_known(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let Ok(body) = body(file.data, is_packed) else {
            // It was packed by the build, so only a broken program gets here.
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let kind = HeaderValue::from_static(content_type(name));
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    };
    let out = response.headers_mut();
    if is_packed {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(GZIP));
    }
    let age =
        if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = etag.parse() {
        out.insert(header::ETAG, etag);
    }
    secure(out, headers);
    response
}

/// A file as it goes out: packed, or unpacked for this request.
fn body(packed: Cow<'static, [u8]>, is_packed: bool) -> io::Result<Bytes> {
    if !is_packed {
        let mut plain = Vec::new();
        GzDecoder::new(&*packed).read_to_end(&mut plain)?;
        return Ok(Bytes::from(plain));
    }
    // Not copied: the compiled-in bytes are static.
    Ok(match packed {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

/// A strong validator: the hash of the content, which differs for each coding.
fn etag(file: &EmbeddedFile, is_packed: bool) -> String {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let coding = if is_packed { "-gzip" } else { "" };
    format!("\"{hex}{coding}\"")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    }
}

/// Security headers of a page that loads nothing from elsewhere.
fn secure(out: &mut HeaderMap, headers: &HeaderMap) {
    if let Ok(policy) = HeaderValue::from_str(&policy(headers)) {
        out.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    out.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    out.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The content security policy. Safari before 15.4 does not count a WebSocket as `'self'`, so the host is
/// listed as well.
fn policy(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| {
        host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
    });
    let sockets = host.map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; manifest-src 'self'; connect-src 'self'{sockets}; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn only_a_client_that_accepts_html_gets_a_page() {
        let wants = |value| wants_page(&headers(header::ACCEPT, value));
        assert!(wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(wants("application/json, TEXT/HTML; q=0.5"));
        assert!(!wants("*/*") && !wants("application/json") && !wants("text/htmlx"));
        assert!(!wants_page(&HeaderMap::new()));
    }

    #[test]
    fn a_strange_host_does_not_get_into_the_policy() {
        let policy = |host| policy(&headers(header::HOST, host));
        assert!(policy("cola.local:8080").contains("connect-src 'self' ws://cola.local:8080 "));
        assert!(policy("x; script-src *").contains("connect-src 'self';"));
    }
}
