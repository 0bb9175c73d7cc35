//! Extractors that calls share: the caller, and parts of the path.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::App;
use super::callers::is_from_nearby;
use super::guard::knock;
use crate::domain::refusal::Refusal;
use crate::hub::command::Caller;
use crate::identity::Signer;
use crate::tcp::Connection;

/// The caller.
pub(super) struct By(pub(super) Caller);

impl FromRequestParts<App> for By {
    type Rejection = Refusal;

    /// An invalid Bearer token is refused. An invalid cookie counts as no cookie: the browser cannot know
    /// better, and gets a new one with its next handshake.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let bearer = match authorization.and_then(|value| Signer::bearer(value.as_bytes())) {
            Some(token) => Some(app.signer.verify(token).ok_or(Refusal::BadToken)?),
            None => None,
        };
        let cookie = || app.signer.verify_cookie(parts.headers.get(header::COOKIE)?.as_bytes());
        let identity = bearer.or_else(cookie);
        let From(peer) = From::from_request_parts(parts, app).await?;
        Ok(Self(Caller { identity, peer }))
    }
}

/// The caller's address.
pub(super) struct From(pub(super) IpAddr);

impl FromRequestParts<App> for From {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let connection = parts.extensions.get::<Arc<Connection>>();
        let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Ok(Self(
            connection
                .map_or(nobody, |connection| app.door.client(connection.peer(), &parts.headers)),
        ))
    }
}

/// The caller's address, and the connection that the answer is sent on.
#[derive(Debug)]
pub(super) struct Requester {
    pub(super) peer: IpAddr,
    pub(super) connection: Option<Arc<Connection>>,
}

impl FromRequestParts<App> for Requester {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let From(peer) = From::from_request_parts(parts, app).await?;
        Ok(Self { peer, connection: parts.extensions.get::<Arc<Connection>>().cloned() })
    }
}

/// Whether a call comes from nearby; see [`is_from_nearby`].
pub(super) struct Nearby(pub(super) bool);

impl FromRequestParts<App> for Nearby {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let From(peer) = From::from_request_parts(parts, app).await?;
        let host = knock(parts).ok().and_then(|knock| knock.host);
        Ok(Self(is_from_nearby(peer, host)))
    }
}

/// Parameters of the path, or a refusal if they cannot be decoded.
pub(super) struct InPath<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for InPath<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        let Path(path) = path.map_err(|error| Refusal::BadRequest(error.body_text()))?;
        Ok(Self(path))
    }
}
