//! Tracks what socketioxide writes to a WebSocket, so that the hub knows when a direct write is possible:
//! between two frames, and not before packets that socketioxide still holds.

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::incoming::Head;

/// Parses the frame heads that socketioxide writes (RFC 6455, section 5.2) and counts its packets.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// Whether everything written is tracked, from the first frame on.
    pub(super) is_followed: bool,
    /// How many events and acknowledgements socketioxide was given.
    pub(super) given: u64,
    head: Head,
    /// How many bytes of the frame's payload are still to come.
    payload: u64,
    frame: Frame,
    /// How many events and acknowledgements socketioxide has written completely.
    written: u64,
    is_closed: bool,
    /// The unsent remainder of a direct write, sent before anything else.
    pub(super) rest: Vec<u8>,
}

/// The content of a frame, as far as its first bytes tell.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// Anything else.
    #[default]
    Other,
    /// A text frame.
    Text,
    /// An Engine.IO message: `4`.
    Message,
    /// A Socket.IO event, `42`, or acknowledgement, `43`.
    Packet,
}

impl Outgoing {
    /// Takes the next bytes that socketioxide has written.
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        if !self.is_followed {
            return;
        }
        while let Some((first, behind)) = bytes.split_first() {
            bytes = behind;
            if self.payload == 0 {
                if let Some((head, payload)) = self.head.push(*first) {
                    self.begin_frame(&head, payload);
                }
            } else if matches!(self.frame, Frame::Text | Frame::Message) {
                self.frame = self.frame.then(*first);
                self.skip(1);
            } else {
                let here = self.payload.min(behind.len() as u64 + 1);
                bytes = bytes.get(self.skip(here) - 1..).unwrap_or_default();
            }
        }
    }

    /// Whether a direct write is possible: socketioxide is between two frames, has not sent a close frame, and
    /// has written every packet that it was given.
    pub(super) fn allows_direct_write(&self) -> bool {
        self.is_followed
            && self.head.is_empty()
            && self.payload == 0
            && self.rest.is_empty()
            && !self.is_closed
            && self.written == self.given
    }

    fn begin_frame(&mut self, head: &FrameHeader, payload: u64) {
        self.payload = payload;
        let is_text = head.is_final && head.opcode == OpCode::Data(Data::Text);
        self.frame = if is_text { Frame::Text } else { Frame::Other };
        self.is_closed |= head.opcode == OpCode::Control(Control::Close);
    }

    /// Skips `count` bytes of the payload, and returns `count`.
    fn skip(&mut self, count: u64) -> usize {
        self.payload -= count;
        if self.payload == 0 && self.frame == Frame::Packet {
            self.written += 1;
        }
        usize::try_from(count).unwrap_or(usize::MAX)
    }
}

impl Frame {
    /// The content of the frame, given its next byte.
    fn then(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Text, b'4') => Self::Message,
            (Self::Message, b'2' | b'3') => Self::Packet,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: u8 = 0x81;
    const CLOSE: u8 = 0x88;

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![first];
        match payload.len() {
            0..126 => frame.push(u8::try_from(payload.len()).unwrap()),
            126..0x1_0000 => {
                frame.push(126);
                frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        frame.extend(payload);
        frame
    }

    fn followed(given: u64) -> Outgoing {
        Outgoing { is_followed: true, given, ..Outgoing::default() }
    }

    #[test]
    fn no_direct_write_unless_all_frames_are_tracked() {
        let mut outgoing = Outgoing::default();
        assert!(!outgoing.allows_direct_write());
        outgoing.take(&frame(TEXT, b"0{}"));
        assert!(!outgoing.allows_direct_write());
        assert!(followed(0).allows_direct_write());
    }

    #[test]
    fn no_direct_write_overtakes_packets_or_follows_the_close_frame() {
        let mut outgoing = followed(0);
        let event = frame(TEXT, b"42[\"hello\"]");
        outgoing.take(&event[..1]);
        assert!(!outgoing.allows_direct_write(), "inside a head");
        outgoing.given = 1;
        outgoing.take(&event[1..event.len() - 1]);
        assert!(!outgoing.allows_direct_write(), "inside a payload");
        outgoing.take(&event[event.len() - 1..]);
        assert!(outgoing.allows_direct_write());
        let ping = frame(TEXT, b"2");
        outgoing.take(&ping[..2]);
        assert!(!outgoing.allows_direct_write(), "inside a ping");
        outgoing.take(&ping[2..]);
        assert!(outgoing.allows_direct_write());
        outgoing.given = 2;
        assert!(!outgoing.allows_direct_write(), "a second was handed over");
        outgoing.given = 1;
        outgoing.rest.push(0);
        assert!(!outgoing.allows_direct_write(), "a rest");
        outgoing.rest.clear();
        outgoing.take(&frame(CLOSE, &[]));
        assert!(!outgoing.allows_direct_write(), "the goodbye");
    }

    proptest! {
        #[test]
        fn packets_are_counted_wherever_the_writes_are_cut(
            frames in proptest::collection::vec((0..6_usize, 0..70_000_usize), 0..6),
            cuts in proptest::collection::vec(1..40_000_usize, 1..20),
        ) {
            let begins: [(&[u8], u64); 6] =
                [(b"42", 1), (b"43", 1), (b"40", 0), (b"2", 0), (b"", 0), (b"342", 0)];
            let mut bytes = Vec::new();
            let mut packets = 0;
            for (kind, length) in frames {
                let (begin, counts) = begins[kind];
                bytes.extend(frame(TEXT, &[begin, &vec![b'2'; length]].concat()));
                packets += counts;
            }
            let mut outgoing = followed(packets);
            let mut left = &bytes[..];
            for cut in cuts.iter().cycle() {
                let (now, later) = left.split_at(left.len().min(*cut));
                outgoing.take(now);
                left = later;
                if left.is_empty() {
                    break;
                }
            }
            prop_assert!(outgoing.allows_direct_write());
        }
    }
}
