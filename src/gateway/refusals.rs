//! Who gets a session: asked before anything is spent on it. socketioxide would keep some 14 KB of each
//! handshake.

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
    /// A place for the session that this handshake asks for, and whose it is.
    ///
    /// # Errors
    /// There is none for them; [`Shared::turn_away`] tells them.
    pub(super) fn admit(
        &self,
        connection: &Connection,
        request: &Request,
    ) -> Result<(Place, IpAddr), TurnedAway> {
        let client = self.door.client(connection.peer(), request.headers());
        self.door.session(client).map(|place| (place, client))
    }

    /// The answer to who does not get a session.
    pub(super) fn turn_away(&self, TurnedAway { reason, refusal }: &TurnedAway) -> Response {
        self.metrics.refusals.add(reason);
        wire::refused(self.language, refusal)
    }

    /// The answer to a polling request whose body says that it is too large. What does not say how
    /// large it is, the library stops reading: [`Shared::in_words`] then tells.
    pub(super) fn too_large(&self, request: &Request) -> Option<Response> {
        let length = request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?;
        let is_too_large = length.parse::<usize>().is_ok_and(|n| n > self.limits.message_size);
        is_too_large.then(|| self.refuse_size())
    }

    /// An answer of the library's, with the words that the hub has for it.
    pub(super) fn in_words(&self, response: Response) -> Response {
        if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            self.refuse_size()
        } else {
            response
        }
    }

    fn refuse_size(&self) -> Response {
        self.metrics.refusals.add("message_size");
        wire::refused(self.language, &Refusal::TooLarge)
    }
}
