//! Socket.IO's packets as they stand on a WebSocket, for what is written past the library.

use std::sync::Arc;

use serde_json::value::RawValue;

/// A packet to a client.
#[derive(Clone)]
pub(super) enum Packet {
    /// An event, its payload shared with all who get it.
    Event(&'static str, Arc<RawValue>),
    /// The acknowledgement that the client gave this number.
    Ack(i64, Arc<RawValue>),
}

impl Packet {
    /// How many bytes wait with it.
    pub(super) fn len(&self) -> usize {
        let (Self::Event(_, payload) | Self::Ack(_, payload)) = self;
        payload.get().len()
    }
}

/// Packets that go out together, and their frames for the namespace that they went to last: the members
/// of a room are all in one.
pub(super) struct EncodedBatch {
    packets: Vec<Packet>,
    is_shared: bool,
    namespace: Arc<str>,
    frames: Vec<u8>,
}

impl EncodedBatch {
    /// For many connections, which share the packets' bytes.
    pub(super) fn shared(packets: Vec<Packet>) -> Self {
        Self { packets, is_shared: true, namespace: Arc::from(""), frames: Vec::new() }
    }

    /// For one connection alone.
    pub(super) fn own(packet: Packet) -> Self {
        Self { is_shared: false, ..Self::shared(vec![packet]) }
    }

    pub(super) fn is_shared(&self) -> bool {
        self.is_shared
    }

    pub(super) fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// All of them, one text each, for a connection to this namespace.
    pub(super) fn frames(&mut self, namespace: &Arc<str>) -> &[u8] {
        // Nearly always the same; then there is nothing to compare.
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

/// A packet of the Socket.IO protocol, version 5, in a message of Engine.IO's, version 4.
fn encode(packet: &Packet, namespace: &str) -> String {
    // The root namespace is not named.
    let (name, comma) = if namespace == "/" { ("", "") } else { (namespace, ",") };
    match packet {
        // The hub's names of events need no escaping.
        Packet::Event(event, payload) => format!("42{name}{comma}[\"{event}\",{payload}]"),
        Packet::Ack(number, payload) => format!("43{name}{comma}{number}[{payload}]"),
    }
}

/// A text in one frame, as a server sends it: without a mask (RFC 6455, section 5.2).
fn push_frame(frames: &mut Vec<u8>, text: &str) {
    const TEXT: u8 = 0x81;
    frames.push(TEXT);
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(short @ 0..126), _) => frames.push(short),
        (_, Ok(middle)) => {
            frames.push(126);
            frames.extend(middle.to_be_bytes());
        }
        _ => {
            frames.push(127);
            frames.extend((text.len() as u64).to_be_bytes());
        }
    }
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
    fn parcels_are_packets_of_their_namespace() {
        let payload: Arc<RawValue> = Arc::from(RawValue::from_string("{}".to_owned()).unwrap());
        assert_eq!(encode(&event("{\"a\":1}"), "/camp"), "42/camp,[\"sendMessage\",{\"a\":1}]");
        assert_eq!(encode(&event("1"), "/"), "42[\"sendMessage\",1]");
        assert_eq!(encode(&Packet::Ack(7, payload), "/camp"), "43/camp,7[{}]");
    }

    #[test]
    fn each_is_a_frame_and_they_are_made_anew_for_another_namespace() {
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
