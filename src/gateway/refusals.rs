//! Refuses requests before they cost anything: socketioxide would keep about 14 KB of each handshake.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;

use super::Shared;
use crate::domain::refusal::Refusal;
use crate::door::{Place, TurnedAway};
use crate::tcp::Connection;
use crate::wire;

impl Shared {
    /// Admits the client of a handshake. Returns its part of the quota of sessions, and its address.
    ///
    /// # Errors
    /// The quota or the rate limit is exhausted; [`Shared::turn_away`] answers.
    pub(super) fn admit(
        &self,
        connection: &Connection,
        request: &Request,
    ) -> Result<(Place, IpAddr), TurnedAway> {
        let client = self.door.client(connection.peer(), request.headers());
        self.door.session(client).map(|place| (place, client))
    }

    /// The answer to a client that is refused a session.
    pub(super) fn turn_away(&self, TurnedAway { reason, refusal }: &TurnedAway) -> Response {
        self.metrics.refusals.add(reason);
        wire::refused(self.language(), refusal)
    }

    /// Refuses a polling request whose `Content-Length` is too large. A request without one is cut off by
    /// socketioxide, and [`Shared::in_words`] replaces the answer.
    pub(super) fn too_large(&self, request: &Request) -> Option<Response> {
        let length = request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?;
        let is_too_large =
            length.parse::<usize>().is_ok_and(|n| n > self.settings().limits.message_size);
        is_too_large.then(|| self.refuse_size())
    }

    /// socketioxide's answer, with the hub's text if there is one.
    pub(super) fn in_words(&self, response: Response) -> Response {
        if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            self.refuse_size()
        } else {
            response
        }
    }

    fn refuse_size(&self) -> Response {
        self.metrics.refusals.add("message_size");
        wire::refused(self.language(), &Refusal::TooLarge)
    }
}
