//! Engine.IO's requests (protocol version 4).
//!
//! Guard, gateway and socketioxide all read the same request, so it is parsed once, here. socketioxide gets
//! [`Target::uri`], which is written from the parsed request, and never the client's own text.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

/// Where Engine.IO is served.
pub const PATH: &str = "/socket.io";

/// Whether a path is Engine.IO's, with or without a slash at the end.
#[must_use]
pub fn is_path(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| matches!(rest, "" | "/"))
}

/// A parsed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The transport.
    pub transport: Transport,
    /// The session's id, as the client sent it. `None` for a handshake.
    pub sid: Option<&'a str>,
}

/// A transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTP long-polling.
    Polling,
    /// WebSocket.
    WebSocket,
}

/// Why a request cannot be served, with the protocol's error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadTarget {
    /// There is no such transport.
    Transport = 0,
    /// There is no such session.
    Session = 1,
    /// A handshake with another method than GET.
    Method = 2,
    /// The request does not fit the session's state.
    Request = 3,
    /// Another version of the protocol.
    Version = 5,
}

impl<'a> Target<'a> {
    /// Parses a query. If a parameter occurs twice, the first counts.
    ///
    /// # Errors
    /// The protocol version or the transport is not supported.
    pub fn parse(query: &'a str) -> Result<Self, BadTarget> {
        let parameter = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
        };
        let transport = match parameter("transport") {
            Some("polling") => Transport::Polling,
            Some("websocket") => Transport::WebSocket,
            _ => return Err(BadTarget::Transport),
        };
        match parameter("EIO") {
            Some("4") => Ok(Self { transport, sid: parameter("sid") }),
            _ => Err(BadTarget::Version),
        }
    }

    /// The same request, in its shortest form.
    #[must_use]
    pub fn uri(&self) -> String {
        let transport = match self.transport {
            Transport::Polling => "polling",
            Transport::WebSocket => "websocket",
        };
        let sid = self.sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
        format!("{PATH}/?EIO=4&transport={transport}{sid}")
    }
}

impl BadTarget {
    /// The protocol's message.
    fn words(self) -> &'static str {
        match self {
            Self::Transport => "Transport unknown",
            Self::Session => "Session ID unknown",
            Self::Method => "Bad handshake method",
            Self::Request => "Bad request",
            Self::Version => "Unsupported protocol version",
        }
    }

    /// The answer, as Engine.IO's clients expect it.
    #[must_use]
    pub fn answer(self) -> Response<Body> {
        let body = format!(r#"{{"code":{},"message":"{}"}}"#, self as u8, self.words());
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = StatusCode::BAD_REQUEST;
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_itself_is_engine_ios() {
        assert!(is_path("/socket.io") && is_path("/socket.io/"));
        for other in [
            "/socket.io/x",
            "/socket.io//",
            "/socket.io/socket.io.js",
            "/socket.iox",
            "/socket%2Eio/",
            "//socket.io/",
            "/Socket.IO/",
            "/",
            "",
        ] {
            assert!(!is_path(other), "{other}");
        }
    }

    #[test]
    fn a_query_is_parsed_once_and_written_again() {
        let target = Target::parse("EIO=4&t=x&transport=websocket&sid=a&sid=b&EIO=3").unwrap();
        assert_eq!(target, Target { transport: Transport::WebSocket, sid: Some("a") });
        assert_eq!(target.uri(), "/socket.io/?EIO=4&transport=websocket&sid=a");
        assert_eq!(Target::parse(target.uri().split_once('?').unwrap().1), Ok(target));
        let handshake = Target::parse("transport=polling&EIO=4").unwrap();
        assert_eq!(handshake.uri(), "/socket.io/?EIO=4&transport=polling");
    }

    #[test]
    fn a_transport_or_version_must_match_exactly() {
        for query in ["", "EIO=4", "EIO=4&transport=websocket=x", "EIO=4&transport=Polling"] {
            assert_eq!(Target::parse(query), Err(BadTarget::Transport), "{query}");
        }
        for query in ["transport=polling", "transport=polling&EIO=3", "transport=polling&EIO=4=4"] {
            assert_eq!(Target::parse(query), Err(BadTarget::Version), "{query}");
        }
    }
}
