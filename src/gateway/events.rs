//! A client's events: decoded, checked against the rate limit, queued in order, and acknowledged.

use std::future::ready;
use std::sync::Arc;

use serde_json::Value as Json;
use serde_json::value::RawValue;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{Event as EventName, TryData};
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;

use super::client::Client;
use super::eviction::DropReason;
use super::inbound_queue::InboundEvent;
use super::packet::Packet;
use super::{Shared, payload};
use crate::domain::flood_control::Verdict;
use crate::domain::ids::ConnId;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Event};
use crate::wire;

/// Extracts the id of the acknowledgement that the client asked for, if it did.
struct AckId(Option<i64>);

impl FromMessageParts<LocalAdapter> for AckId {
    type Error = std::convert::Infallible;

    fn from_message_parts(
        _: &Arc<Socket<LocalAdapter>>,
        _: &mut Value,
        id: &Option<i64>,
    ) -> Result<Self, Self::Error> {
        Ok(Self(*id))
    }
}

impl Shared {
    /// Registers one handler for all events: a handler for each would cost every connection a table of them.
    ///
    /// An unknown event does nothing, as in Cola Chat's original server. It counts towards the rate limit, and is
    /// refused if the client asked for an acknowledgement, since a newer client may be talking to an older hub.
    pub(super) fn listen(self: &Arc<Self>, client: &Arc<Client>) {
        let (shared, id) = (Arc::clone(self), client.id);
        client.socket.on_fallback(move |name: EventName, data: TryData<Json>, ack: AckId| {
            if let Some(decode) = payload::decode(&name) {
                shared.received(id, decode(data.0.map_err(|error| error.to_string())), ack.0);
            } else if let Some(client) = shared.registry.client(id)
                && shared.is_within_rate(&client, ack.0)
                && ack.0.is_some()
            {
                let unknown = Refusal::bad("this hub does not know such an event");
                shared.answer(&client, ack.0, &Err(unknown));
            }
            ready(())
        });
    }

    /// Queues an event. It runs inside socketioxide's handler, and so in the order of arrival.
    fn received(self: &Arc<Self>, id: ConnId, event: Result<Event, Refusal>, ack: Option<i64>) {
        let Some(client) = self.registry.client(id) else { return };
        if !self.is_within_rate(&client, ack) {
            return;
        }
        let Some(permit) = client.permit() else {
            return self.drop_client(&client, DropReason::SendsTooFast);
        };
        match event {
            Ok(event) => {
                let is_join = matches!(event, Event::Join { .. });
                client.inbound().push(InboundEvent { event, ack, permit }, is_join);
                self.submit_next(&client);
            }
            Err(refusal) => self.answer(&client, ack, &Err(refusal)),
        }
    }

    /// Whether the rate limit allows this event. If not, the client is told here.
    fn is_within_rate(&self, client: &Arc<Client>, ack: Option<i64>) -> bool {
        if client.session.is_over() {
            return false;
        }
        match client.session.count_event(self.settings().limits.events, self.uptime()) {
            Verdict::Allowed => return true,
            Verdict::TooFast(wait) => self.answer(client, ack, &Err(Refusal::TooFast(wait))),
            Verdict::Flood => self.drop_client(client, DropReason::IgnoresRefusals),
        }
        false
    }

    /// Acknowledges an event. A refusal is sent as the contract's `message` event, too.
    pub(super) fn answer(
        &self,
        client: &Arc<Client>,
        ack: Option<i64>,
        answer: &Result<Answer, Refusal>,
    ) {
        if ack.is_none() && answer.is_ok() {
            return;
        }
        if let Ok(Answer::Joined(_)) = answer {
            self.admission.has_joined(client.identity);
        }
        let payload: Arc<RawValue> = Arc::from(wire::ack(self.language(), answer));
        if let Err(refusal) = answer {
            self.metrics.refusals.add(wire::code(refusal));
            let text = wire::encode(&payload.get());
            self.send_one(client, Packet::Event("message", Arc::from(text)));
        }
        if let Some(id) = ack {
            self.send_one(client, Packet::Ack(id, payload));
        }
    }
}
