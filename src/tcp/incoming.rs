//! Finds where messages begin and end in a WebSocket's incoming bytes. A message that begins and never ends
//! holds memory and a place in the quota, and socketioxide waits for it without a timeout.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::OpCode;

/// Parses the frame heads that a client sends over a WebSocket (RFC 6455, section 5.2).
#[derive(Debug, Default)]
pub(super) struct Incoming {
    head: Head,
    /// How many bytes of the frame's payload are still to come.
    payload: u64,
    /// Whether a fragmented message has begun whose last frame is still to come.
    in_message: bool,
}

/// The longest head, in bytes: two, eight of extended length, four of mask.
const HEAD_MAX: usize = 14;

/// The bytes of an incomplete frame head.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: [u8; HEAD_MAX],
    len: usize,
}

impl Head {
    /// Whether no byte of a head is here.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes the head's next byte. Returns the head and the length of the payload once the head is complete.
    ///
    /// A head with a reserved opcode is never complete: its connection fails anyway.
    pub(super) fn push(&mut self, byte: u8) -> Option<(FrameHeader, u64)> {
        // Full only after a malformed head.
        *self.bytes.get_mut(self.len)? = byte;
        self.len += 1;
        let parsed = FrameHeader::parse(&mut Cursor::new(self.bytes.get(..self.len)?)).ok()??;
        self.len = 0;
        Some(parsed)
    }
}

impl Incoming {
    /// Takes the next bytes. Returns whether a message ended in them.
    pub(super) fn take(&mut self, mut bytes: &[u8]) -> bool {
        let mut has_ended = false;
        while let Some((first, behind)) = bytes.split_first() {
            if self.payload > 0 {
                let here = self.payload.min(bytes.len() as u64);
                bytes =
                    bytes.get(usize::try_from(here).unwrap_or(usize::MAX)..).unwrap_or_default();
                self.payload -= here;
            } else {
                bytes = behind;
                if let Some((head, payload)) = self.head.push(*first) {
                    self.payload = payload;
                    // Control frames may stand between a message's fragments (section 5.4).
                    if matches!(head.opcode, OpCode::Data(_)) {
                        self.in_message = !head.is_final;
                    }
                }
            }
            has_ended |= self.is_between();
        }
        has_ended
    }

    /// Whether the stream is between two messages.
    pub(super) fn is_between(&self) -> bool {
        self.head.is_empty() && self.payload == 0 && !self.in_message
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LAST: u8 = 0x80;
    const TEXT: u8 = 1;
    const PING: u8 = 9;

    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match length {
            0..126 => frame.push(0x80 | u8::try_from(length).unwrap()),
            126..0x1_0000 => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend([7; 4]);
        frame.extend(std::iter::repeat_n(0xff, length));
        frame
    }

    #[test]
    fn a_message_ends_with_the_last_byte_of_its_last_frame() {
        let mut incoming = Incoming::default();
        assert!(!incoming.take(&frame(TEXT, 3)), "more frames follow");
        assert!(!incoming.take(&frame(LAST | PING, 4)), "a ping between is no end");
        let last = frame(LAST, 300);
        assert!(!incoming.take(&last[..last.len() - 1]));
        assert!(!incoming.is_between());
        assert!(incoming.take(&last[last.len() - 1..]));
        assert!(incoming.is_between());
    }

    #[test]
    fn an_incomplete_head_is_a_message_that_never_ends() {
        let mut incoming = Incoming::default();
        assert!(incoming.is_between());
        assert!(!incoming.take(&[LAST | TEXT]));
        assert!(!incoming.is_between());
    }

    #[test]
    fn a_malformed_head_is_a_message_that_never_ends() {
        let mut incoming = Incoming::default();
        assert!(!incoming.take(&[LAST | 3, 0x80, 0, 0, 0, 0].repeat(10)), "opcode 3 is reserved");
        assert!(!incoming.is_between());
    }

    proptest! {
        /// However the bytes are split: the parser is between messages exactly after whole messages.
        #[test]
        fn the_parser_is_between_messages_exactly_where_they_end(
            lengths in prop::collection::vec(prop_oneof![0usize..130, 60_000usize..70_000], 1..6),
            cuts in prop::collection::vec(1usize..5_000, 1..40),
        ) {
            let all: Vec<Vec<u8>> = lengths.iter().map(|length| frame(LAST | TEXT, *length)).collect();
            let mut ends = Vec::new();
            for message in &all {
                ends.push(ends.last().unwrap_or(&0) + message.len());
            }
            let bytes = all.concat();
            let (mut incoming, mut at, mut cut) = (Incoming::default(), 0, cuts.iter().cycle());
            while at < bytes.len() {
                let next = (at + cut.next().unwrap()).min(bytes.len());
                incoming.take(&bytes[at..next]);
                at = next;
                prop_assert_eq!(incoming.is_between(), ends.contains(&at), "at {}", at);
            }
        }
    }
}
