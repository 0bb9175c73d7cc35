//! How long the hub waits for a client: every bound in one place, with why.
//!
//! Together they see to it that whatever is half-open or idle is gone within 15 seconds of its last honest
//! sign. A sign is something that ends: a whole head, a whole body, a whole message, an answered ping. A
//! byte a second is none, so each of these counts from the beginning and not from the last byte.
//!
//! Who is in a room is never let go for being quiet: only for what no living client does.

use std::time::Duration;

/// For the first byte of a connection. A browser opens some for later, and opens them again.
pub const FIRST_BYTE: Duration = Duration::from_secs(5);

/// For a request's head; also how long an idle connection is kept for the next request. A phone on a bad
/// network sends one in two seconds.
pub const HEAD: Duration = Duration::from_secs(10);

/// For a request's body, all of it. The largest, 128 KiB of a polling client, needs 13 kB a second.
pub const BODY: Duration = Duration::from_secs(10);

/// For a client to read a large answer over HTTP, all of it: 24 kB a second of the largest.
pub const ANSWER: Duration = Duration::from_secs(30);

/// For an answer to get the memory that it is built in, while others are not read.
pub const TURN: Duration = Duration::from_secs(5);

/// For a WebSocket's message from its first byte to its last: 64 KiB at most.
pub const MESSAGE: Duration = Duration::from_secs(10);

/// How often it is looked for messages that do not end, and for clients that are to be let go.
pub const LOOK: Duration = Duration::from_millis(500);

/// From a session's handshake to its first namespace, and for how long it may be in none later on.
pub const NAMESPACE: Duration = Duration::from_secs(5);

/// For a session that changes from polling to a WebSocket.
pub const UPGRADE: Duration = Duration::from_secs(5);

/// Between two pings. Each wakes a phone's radio.
pub const PING: Duration = Duration::from_secs(25);

/// For the answer to a ping: longer than a phone needs to change between two access points. The first
/// ping comes with the handshake, so who never answers is gone after this long.
pub const PONG: Duration = Duration::from_secs(10);

/// For a socket to join a room: somebody who types a password, or a developer who tries things out.
pub const ROOM: Duration = Duration::from_secs(60);

/// The same while memory is short.
pub const ROOM_WHEN_TIGHT: Duration = Duration::from_secs(10);

/// After a goodbye, until the connection is cut: so that it arrives.
pub const GOODBYE: Duration = Duration::from_secs(1);

/// For a client to take [`READ_LEAST`] of what waits for it, once its buffers are full.
pub const READING: Duration = Duration::from_secs(10);

/// How many bytes that are: 1.6 kB a second, as the worst of mobile networks. Who takes less holds memory for
/// nothing.
pub const READ_LEAST: u64 = 16 * 1024;

/// How long sent data may stay unacknowledged, or a client's window closed, before the system gives the
/// connection up: the end of who has vanished, and of most who do not read.
pub const UNACKNOWLEDGED: Duration = Duration::from_secs(5);

/// After how long of silence the system asks whether the other end is still there.
pub const KEEPALIVE: Duration = Duration::from_secs(30);

/// For socketioxide to close its sessions at shutdown.
pub const CLOSE: Duration = Duration::from_secs(1);
