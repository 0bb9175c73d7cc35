//! WebSocket frames, as far as counting asks for.

/// The opcode of a text frame; all that Socket.IO sends is text.
pub const TEXT: u8 = 1;

/// One whole frame.
pub struct Frame<'a> {
    /// What kind of frame it is.
    pub opcode: u8,
    /// The key it is masked with; clients mask, servers do not.
    pub mask: Option<[u8; 4]>,
    /// What it carries, as it came.
    pub payload: &'a [u8],
    /// How many bytes it takes with its header.
    pub length: usize,
}

/// The first frame in these bytes, unless it is not all there yet.
pub fn first(bytes: &[u8]) -> Option<Frame<'_>> {
    let (&[kind, short], rest) = bytes.split_first_chunk::<2>()?;
    let (payload, rest) = match short & 0x7f {
        126 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk::<8>()?;
            (usize::try_from(u64::from_be_bytes(*length)).ok()?, rest)
        }
        length => (usize::from(length), rest),
    };
    let (mask, rest) = match short & 0x80 {
        0 => (None, rest),
        _ => {
            let (mask, rest) = rest.split_first_chunk::<4>()?;
            (Some(*mask), rest)
        }
    };
    let head = bytes.len() - rest.len();
    let payload = rest.get(..payload)?;
    Some(Frame { opcode: kind & 0x0f, mask, payload, length: head + payload.len() })
}

/// Text as a server sends it.
pub fn from_server(text: &str) -> Vec<u8> {
    let mut frame = head(text.len(), 0);
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// Text as a client sends it.
pub fn from_client(text: &str) -> Vec<u8> {
    const KEY: [u8; 4] = [0x5a, 0xc3, 0x17, 0x88];
    let mut frame = head(text.len(), 0x80);
    frame.extend_from_slice(&KEY);
    frame.extend(masked(text.as_bytes(), KEY));
    frame
}

/// Bytes with a mask put on, or taken off.
pub fn masked(bytes: &[u8], key: [u8; 4]) -> impl Iterator<Item = u8> {
    bytes.iter().zip(key.into_iter().cycle()).map(|(byte, key)| byte ^ key)
}

fn head(length: usize, mask: u8) -> Vec<u8> {
    let mut head = vec![0x80 | TEXT];
    match length {
        0..126 => head.push(mask | length as u8),
        126..=0xffff => {
            head.push(mask | 126);
            head.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            head.push(mask | 127);
            head.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    head
}
