//! Upgrades a session from polling to WebSocket (Engine.IO protocol, "Upgrade"). The client opens a WebSocket and
//! sends `2probe`; the hub answers `3probe` and ends the waiting poll; the client sends `5`, and the session uses
//! the WebSocket from then on.
//!
//! socketioxide ends the whole session if a probe fails, as it does behind a proxy that cuts WebSockets, and its
//! clients would retry the same for ever. So the hub carries out the probe itself. socketioxide gets the WebSocket
//! after the client's `5`, and reads both packets again. A probe that is cut, late or malformed ends its own
//! connection only.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::session::Session;
use super::{Engine, handshake, upgrade};
use crate::tcp::ConnectionIo;
use crate::timeouts;
use crate::wire::engine::{BadTarget, Target, Transport};

/// First bytes of an unfragmented, masked text frame (RFC 6455, section 5.2).
const TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;

/// The hub's answer to the probe, as a frame.
const PONG: &[u8] = b"\x81\x063probe";

/// The answer to a poll during the upgrade: a `noop` packet.
const NOOP: &str = "6";

/// Answers the request for the WebSocket, and carries out the probe.
pub(super) fn answer(
    engine: Engine,
    mut request: Request,
    session: &Arc<Session>,
    sid: &str,
) -> Response {
    let Some(accept) = upgrade::accept(&request).filter(|_| session.begins_probe()) else {
        return BadTarget::Request.answer();
    };
    let upgrade = hyper::upgrade::on(&mut request);
    let (session, sid) = (Arc::clone(session), sid.to_owned());
    tokio::spawn(async move {
        let moved = match upgrade::connection(upgrade).await {
            Some(io) => timeout(timeouts::UPGRADE, probe(io, &session)).await,
            None => return session.ends_probe(),
        };
        if let Ok(Ok((io, read))) = moved {
            session.upgrade_to(Arc::clone(io.connection()));
            let target = Target { transport: Transport::WebSocket, sid: Some(&sid) };
            upgrade::give(engine, io.into_websocket_again(&read, PONG), &target, None).await;
        }
        session.ends_probe();
    });
    upgrade::switching(accept)
}

/// Exchanges the probe. Returns the connection and the frames that were read from it.
async fn probe(mut io: ConnectionIo, session: &Session) -> io::Result<(ConnectionIo, Vec<u8>)> {
    let mut read = Vec::new();
    expect(&mut io, b"2probe", &mut read).await?;
    session.is_probed();
    io.write_all(PONG).await?;
    io.flush().await?;
    expect(&mut io, b"5", &mut read).await?;
    Ok((io, read))
}

/// Reads exactly this packet, as one frame.
async fn expect(io: &mut ConnectionIo, packet: &[u8], read: &mut Vec<u8>) -> io::Result<()> {
    let mut frame = vec![0; 6 + packet.len()];
    io.read_exact(&mut frame).await?;
    let (head, payload) = frame.split_at(6);
    let (start, mask) = head.split_at(2);
    let is_text = start == [TEXT, MASKED | u8::try_from(packet.len()).unwrap_or(u8::MAX)];
    let unmasked = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    if !is_text || !unmasked.eq(packet.iter().copied()) {
        return Err(ErrorKind::InvalidData.into());
    }
    read.append(&mut frame);
    Ok(())
}

/// Answers a poll: with the packets that wait for the client, or with a `noop` as soon as an upgrade needs it.
pub(super) async fn poll(engine: Engine, request: Request, session: &Session) -> Response {
    tokio::select! {
        biased;
        // Dropped only while it waits for a packet, so no packet is lost.
        answer = handshake::ask(engine, request) => answer,
        () = session.probed() => noop(),
    }
}

fn noop() -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=UTF-8");
    ([(header::CONTENT_TYPE, kind)], NOOP).into_response()
}
