//! What goes out over a WebSocket, from two hands: the library's writer, and whoever writes a frame
//! past it. The library takes a task, a queue and a buffer to each connection for every packet; a
//! broadcast to a thousand can do without, as long as no frame lands inside another and none overtakes
//! those that the library still holds.

/// Follows the bytes that the library writes as a WebSocket (RFC 6455, section 5.2).
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// Whether all that goes out is followed, from the first frame on.
    pub(super) is_followed: bool,
    /// How many events and acknowledgements the library was given.
    pub(super) given: u64,
    /// The bytes of a head that has not been written whole.
    head: [u8; HEAD_MAX],
    head_len: usize,
    /// How much of the frame's payload is still to come.
    payload: u64,
    frame: Frame,
    /// How many events and acknowledgements have been written whole.
    written: u64,
    is_closed: bool,
    /// What is left of frames written past the library: it goes out before anything else.
    pub(super) rest: Vec<u8>,
}

/// What a frame is, as far as its first bytes have told.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// Anything else.
    #[default]
    Other,
    /// A text.
    Text,
    /// A message of Engine.IO: `4`.
    Message,
    /// One that carries an event, `42`, or an acknowledgement, `43`.
    Packet,
}

/// Longest head of a frame without a mask.
const HEAD_MAX: usize = 10;

/// The first bytes of a text and of a goodbye, each in one frame.
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

impl Outgoing {
    /// Takes the next bytes that the library has written.
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        if !self.is_followed {
            return;
        }
        while let Some((first, behind)) = bytes.split_first() {
            bytes = behind;
            if self.payload == 0 {
                self.head[self.head_len] = *first;
                self.head_len += 1;
                self.read_head();
            } else if matches!(self.frame, Frame::Text | Frame::Message) {
                self.frame = self.frame.then(*first);
                self.skip(1);
            } else {
                let here = self.payload.min(behind.len() as u64 + 1);
                bytes = bytes.get(self.skip(here) - 1..).unwrap_or_default();
            }
        }
    }

    /// Whether a frame may be written now: the library is between two, has not said goodbye, and has
    /// written all of the packets that it was given.
    pub(super) fn allows_direct_write(&self) -> bool {
        self.is_followed
            && self.head_len == 0
            && self.payload == 0
            && self.rest.is_empty()
            && !self.is_closed
            && self.written == self.given
    }

    /// Goes on to the payload if the head is whole.
    fn read_head(&mut self) {
        let [first, second, ..] = self.head;
        let long = match second {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if self.head_len < 2 + long {
            return;
        }
        let length =
            self.head[2..2 + long].iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        self.payload = if long == 0 { u64::from(second) } else { length };
        self.head_len = 0;
        self.frame = if first == TEXT { Frame::Text } else { Frame::Other };
        self.is_closed |= first == CLOSE;
    }

    /// Goes on in the payload: by how much.
    fn skip(&mut self, count: u64) -> usize {
        self.payload -= count;
        if self.payload == 0 && self.frame == Frame::Packet {
            self.written += 1;
        }
        usize::try_from(count).unwrap_or(usize::MAX)
    }
}

impl Frame {
    /// What it is, now that the next byte is known.
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
    fn nothing_passes_where_the_library_is_not_followed_from_its_first_frame() {
        let mut outgoing = Outgoing::default();
        assert!(!outgoing.allows_direct_write());
        outgoing.take(&frame(TEXT, b"0{}"));
        assert!(!outgoing.allows_direct_write());
        assert!(followed(0).allows_direct_write());
    }

    #[test]
    fn nothing_passes_what_the_library_still_holds_nor_its_goodbye() {
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
