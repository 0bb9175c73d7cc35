//! Every timeout of a client, with its reason.
//!
//! Together they ensure that a half-open or idle connection is closed within 15 seconds of its last sign of life. Only
//! something complete counts as a sign of life: a whole head, a whole body, a whole message, an answered ping. A byte a
//! second does not, so each timeout counts from the beginning and not from the last byte.
//!
//! A client in a room is never disconnected for being quiet, only for something that no working client does.

use std::time::Duration;

/// For a connection's first byte. Browsers open spare connections and reopen them when needed.
pub const FIRST_BYTE: Duration = Duration::from_secs(5);

/// For a request's head; also how long an idle connection is kept for the next request. A phone on a bad
/// network sends one in two seconds.
pub const HEAD: Duration = Duration::from_secs(10);

/// For a request's body, all of it. The largest, 128 KiB of a polling client, needs 13 kB a second.
pub const BODY: Duration = Duration::from_secs(10);

/// For a client to read a large answer over HTTP, all of it: 24 kB a second for the largest.
pub const ANSWER: Duration = Duration::from_secs(30);

/// For a large answer to get its memory, while other clients do not read theirs.
pub const TURN: Duration = Duration::from_secs(5);

/// For a WebSocket's message from its first byte to its last: 64 KiB at most.
pub const MESSAGE: Duration = Duration::from_secs(10);

/// How often unfinished messages and stuck clients are looked for.
pub const LOOK: Duration = Duration::from_millis(500);

/// For a session without a namespace: after its handshake, and after it has left its last namespace.
pub const NAMESPACE: Duration = Duration::from_secs(5);

/// For a session's upgrade from polling to WebSocket.
pub const UPGRADE: Duration = Duration::from_secs(5);

/// Interval of pings. Each wakes a phone's radio.
pub const PING: Duration = Duration::from_secs(25);

/// For the answer to a ping: longer than a phone takes to change between two access points. The first ping is sent
/// with the handshake, so a client that never answers is closed after this time.
pub const PONG: Duration = Duration::from_secs(10);

/// For a client to join a room: long enough to type a password, or to try things out as a developer.
pub const ROOM: Duration = Duration::from_secs(60);

/// Like [`ROOM`], while memory is tight.
pub const ROOM_WHEN_TIGHT: Duration = Duration::from_secs(10);

/// For a refused client to read that the hub is full, before its connection is closed.
pub const GOODBYE: Duration = Duration::from_secs(1);

/// For a client to read [`READ_LEAST`] bytes of what waits for it, once its buffers are full.
pub const READING: Duration = Duration::from_secs(10);

/// The least that a client has to read in [`READING`], in bytes: 1.6 kB a second, as on the worst mobile networks. A
/// client that reads less holds memory for nothing.
pub const READ_LEAST: u64 = 16 * 1024;

/// How long sent data may stay unacknowledged, or the client's window closed, before the kernel ends the connection
/// (`TCP_USER_TIMEOUT`). It ends clients that have vanished, and most that do not read.
pub const UNACKNOWLEDGED: Duration = Duration::from_secs(5);

/// Idle time after which the kernel probes whether the peer is still there (`SO_KEEPALIVE`).
pub const KEEPALIVE: Duration = Duration::from_secs(30);

/// For the last answers when the hub closes; a client that has connected so recently is still listened to.
pub const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// For socketioxide to close its sessions at shutdown.
pub const CLOSE: Duration = Duration::from_secs(1);
