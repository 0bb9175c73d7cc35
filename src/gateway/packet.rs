//! Encodes Socket.IO packets as WebSocket frames, for direct writes.

use std::sync::Arc;

use serde_json::value::RawValue;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Data, OpCode};

/// A packet to a client.
#[derive(Debug, Clone)]
pub(super) enum Packet {
    /// An event; its recipients share the payload.
    Event(&'static str, Arc<RawValue>),
    /// An acknowledgement with the id that the client gave.
    Ack(i64, Arc<RawValue>),
}

impl Packet {
    /// Length of the payload, in bytes.
    pub(super) fn len(&self) -> usize {
        let (Self::Event(_, payload) | Self::Ack(_, payload)) = self;
        payload.get().len()
    }
}

/// Packets that go out together, with their frames for one namespace. They are encoded once per namespace; the
/// members of a room are all in one.
pub(super) struct EncodedBatch {
    packets: Vec<Packet>,
    is_shared: bool,
    namespace: Arc<str>,
    frames: Vec<u8>,
}

impl EncodedBatch {
    /// A batch for many clients, which share the payloads.
    pub(super) fn shared(packets: Vec<Packet>) -> Self {
        Self { packets, is_shared: true, namespace: Arc::from(""), frames: Vec::new() }
    }

    /// A batch for one client.
    pub(super) fn own(packet: Packet) -> Self {
        Self { is_shared: false, ..Self::shared(vec![packet]) }
    }

    pub(super) fn is_shared(&self) -> bool {
        self.is_shared
    }

    pub(super) fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// The packets as text frames, for a client in this namespace.
    pub(super) fn frames(&mut self, namespace: &Arc<str>) -> &[u8] {
        // The same `Arc` in nearly all cases.
        let is_same = Arc::ptr_eq(&self.namespace, namespace) || self.namespace == *namespace;
        if self.frames.is_empty() || !is_same {
            self.namespace = Arc::clone(namespace);
            self.frames.clear();
            for packet in &self.packets {
                push_frame(&mut self.frames, &encode(packet, namespace));
            }
        }
        &self.frames
    }
}

/// Encodes a packet (Socket.IO protocol 5) as an Engine.IO message (protocol 4).
fn encode(packet: &Packet, namespace: &str) -> String {
    // The root namespace is not named.
    let (name, comma) = if namespace == "/" { ("", "") } else { (namespace, ",") };
    match packet {
        // The hub's names of events need no escaping.
        Packet::Event(event, payload) => format!("42{name}{comma}[\"{event}\",{payload}]"),
        Packet::Ack(number, payload) => format!("43{name}{comma}{number}[{payload}]"),
    }
}

/// Appends a text as one frame. A server's frames have no mask (RFC 6455, section 5.2).
fn push_frame(frames: &mut Vec<u8>, text: &str) {
    let head = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
    // Writing to a `Vec` does not fail.
    let _infallible = head.format(text.len() as u64, frames);
    frames.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn event(json: &str) -> Packet {
        Packet::Event("sendMessage", Arc::from(RawValue::from_string(json.to_owned()).unwrap()))
    }

    #[test]
    fn packets_are_those_of_their_namespace() {
        let payload: Arc<RawValue> = Arc::from(RawValue::from_string("{}".to_owned()).unwrap());
        assert_eq!(encode(&event("{\"a\":1}"), "/camp"), "42/camp,[\"sendMessage\",{\"a\":1}]");
        assert_eq!(encode(&event("1"), "/"), "42[\"sendMessage\",1]");
        assert_eq!(encode(&Packet::Ack(7, payload), "/camp"), "43/camp,7[{}]");
    }

    #[test]
    fn each_packet_is_a_frame_and_is_encoded_again_for_another_namespace() {
        let mut batch = EncodedBatch::shared(vec![event("1"), event("2")]);
        assert_eq!(
            batch.frames(&Arc::from("/a")),
            b"\x81\x1642/a,[\"sendMessage\",1]\x81\x1642/a,[\"sendMessage\",2]"
        );
        assert!(batch.frames(&Arc::from("/b")).starts_with(b"\x81\x1642/b,"));
    }

    #[test]
    fn a_frame_tells_its_length() {
        let head = |length: usize| {
            let mut frames = Vec::new();
            push_frame(&mut frames, &"x".repeat(length));
            frames.truncate(frames.len() - length);
            frames
        };
        assert_eq!(head(125), [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65_535), [0x81, 126, 0xff, 0xff]);
        assert_eq!(head(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
