//! The hostile clients, which begin something and do not complete it, or begin far too much.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::crowd::{address, join};
use crate::wire::Wire;

/// How long a test waits for the hub to end a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// A way to hold a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A WebSocket's frame of 60 MB, as far as it is taken.
    HugeFrame,
    /// A WebSocket's message in small frames, of which none is the last.
    EndlessMessage,
    /// A WebSocket's frame of 60,000 bytes, a byte a second.
    DrippedFrame,
    /// A polling request's body of 60 MB, as far as it is taken.
    HugeBody,
    /// A polling request's body, a byte a second.
    DrippedBody,
    /// A connection that sends nothing.
    Silent,
    /// A head, a byte a second.
    DrippedHead,
    /// A connection that asked once.
    KeptAlive,
    /// A session in no namespace that answers its pings.
    NoNamespace,
    /// A session in a namespace that does not answer its pings.
    NoPong,
    /// A polling session that begins to change to a WebSocket.
    HalfUpgraded,
    /// Makes the hub answer, by one kind of what it answers to, and reads so much of that.
    Unread(Asks, Reads),
}

/// Requests that make the hub write answers, which the attacker does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    /// A WebSocket's pings of 100 bytes.
    Pings,
    /// Events that are refused, by two packets each.
    Events,
    /// Joins, each with what was said.
    Joins,
    /// Connecting to namespaces that cannot be.
    Namespaces,
    /// Events by polling, whose answers nobody fetches.
    Posts,
    /// Requests, one behind the other.
    Requests,
}

/// How much of the answers is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reads {
    Nothing,
    /// 2 KiB every two seconds.
    Little,
}

impl Way {
    /// Distinguishes their addresses.
    fn number(self) -> u8 {
        match self {
            Self::HugeFrame => 10,
            Self::EndlessMessage => 11,
            Self::DrippedFrame => 12,
            Self::HugeBody => 13,
            Self::DrippedBody => 14,
            Self::Silent => 15,
            Self::DrippedHead => 16,
            Self::KeptAlive => 17,
            Self::NoNamespace => 18,
            Self::NoPong => 19,
            Self::HalfUpgraded => 20,
            Self::Unread(asks, Reads::Nothing) => 21 + asks as u8,
            Self::Unread(asks, Reads::Little) => 27 + asks as u8,
        }
    }
}

/// How long each held its place, by its way.
pub type Held = Rc<RefCell<Vec<(Way, Duration)>>>;

/// Begins one; it ends with the connection.
pub async fn hold(hub: SocketAddr, way: Way, n: usize, room: String, held: Held) {
    let begun = Instant::now();
    let is_over = timeout(PATIENCE, try_hold(hub, way, n, &room)).await.is_ok();
    let took = if is_over { begun.elapsed() } else { Duration::MAX };
    held.borrow_mut().push((way, took));
}

/// An error is the hub's too: it has ended the connection.
async fn try_hold(hub: SocketAddr, way: Way, n: usize, room: &str) -> io::Result<()> {
    let is_small = matches!(way, Way::Unread(..));
    let mut wire = Wire::open(hub, address(way.number(), n), is_small).await?;
    match way {
        Way::Unread(asks, reads) => {
            let packets = ask(&mut wire, asks, room).await?;
            return unread(wire, &packets, reads).await;
        }
        Way::Silent => {}
        Way::DrippedHead => {
            wire.send(b"GET / HTTP/1.1\r\nx: ").await?;
            return drip(&mut wire, b"x").await;
        }
        Way::KeptAlive => {
            wire.ask("GET /healthz", "").await?;
            wire.answer().await?;
        }
        Way::NoNamespace => {
            wire.websocket().await?;
            while wire.packet().await.is_ok() {}
        }
        Way::NoPong => {
            wire.websocket().await?;
            wire.say("40/anonymous,").await?;
        }
        Way::HugeFrame => {
            wire.connect().await?;
            let mut head = vec![0x81, 0xff];
            head.extend(60_000_000_u64.to_be_bytes());
            head.extend([0; 4]);
            wire.send(&head).await?;
            return pour(&mut wire).await;
        }
        Way::EndlessMessage => {
            wire.connect().await?;
            // "4", the beginning of a message, and then no end of frames that go on with it.
            wire.send(&[0x01, 0x81, 0, 0, 0, 0, b'4']).await?;
            return drip(&mut wire, &[0x00, 0x81, 0, 0, 0, 0, b'x']).await;
        }
        Way::DrippedFrame => {
            wire.connect().await?;
            let length = 60_000_u16.to_be_bytes();
            wire.send(&[0x81, 0xfe, length[0], length[1], 0, 0, 0, 0, b'4']).await?;
            return drip(&mut wire, b"x").await;
        }
        Way::HugeBody | Way::DrippedBody => {
            let sid = poll(&mut wire).await?;
            let length = if way == Way::HugeBody { 60_000_000 } else { 60_000 };
            let what = format!("POST /socket.io/?EIO=4&transport=polling&sid={sid}");
            wire.ask(&what, &format!("content-length: {length}\r\n")).await?;
            wire.send(b"4").await?;
            return match way {
                Way::HugeBody => pour(&mut wire).await,
                _ => drip(&mut wire, b"x").await,
            };
        }
        Way::HalfUpgraded => {
            let sid = poll(&mut wire).await?;
            let lines = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
            wire.ask(&format!("GET /socket.io/?EIO=4&transport=websocket&sid={sid}"), lines)
                .await?;
            wire.answer().await?;
            wire.say("2probe").await?;
        }
    }
    wire.gone().await;
    Ok(())
}

/// The bytes that are sent again and again, behind those that have to come first.
async fn ask(wire: &mut Wire, asks: Asks, room: &str) -> io::Result<Vec<u8>> {
    let packet = match asks {
        Asks::Pings => {
            wire.connect().await?;
            let mut ping = vec![0x89, 0x80 | 100, 0, 0, 0, 0];
            ping.resize(106, b'x');
            return Ok(ping);
        }
        Asks::Events => "42/anonymous,7[\"sendMessage\",{}]".to_owned(),
        Asks::Joins => {
            format!("42/anonymous,7[\"joinRoom\",{{\"roomId\":\"{room}\",\"after\":0}}]")
        }
        Asks::Namespaces => "40/,".to_owned() + &"x".repeat(90),
        Asks::Requests => {
            let host = wire.host;
            return Ok(format!("GET /api/hub HTTP/1.1\r\nhost: {host}\r\n\r\n").into_bytes());
        }
        Asks::Posts => {
            let sid = poll(wire).await?;
            let path = format!("POST /socket.io/?EIO=4&transport=polling&sid={sid}");
            let head = |length| format!("content-length: {length}\r\n");
            let connect = "40/anonymous,";
            wire.ask(&path, &head(connect.len())).await?;
            wire.send(connect.as_bytes()).await?;
            wire.answer().await?;
            let body = ["42/anonymous,7[\"sendMessage\",{}]"; 50].join("\u{1e}");
            let host = wire.host;
            let head = format!("{path} HTTP/1.1\r\nhost: {host}\r\n{}\r\n", head(body.len()));
            return Ok((head + &body).into_bytes());
        }
    };
    wire.connect().await?;
    Ok(crate::wire::frame(packet.as_bytes()))
}

/// Sends as fast as the hub takes it, and reads little or nothing, until the hub has had enough.
async fn unread(wire: Wire, packets: &[u8], reads: Reads) -> io::Result<()> {
    let many = packets.repeat(64 * 1024 / packets.len() + 1);
    let (mut reading, mut writing) = wire.stream.into_split();
    let write = async {
        loop {
            writing.write_all(&many).await?;
            tokio::task::yield_now().await;
        }
    };
    let read = async {
        let mut second = interval(Duration::from_secs(2));
        let mut little = [0; 2_048];
        loop {
            second.tick().await;
            let most = if reads == Reads::Little { little.len() } else { 0 };
            if most > 0 && reading.read(&mut little[..most]).await? == 0 {
                return Ok(());
            }
        }
    };
    tokio::select! { ended = write => ended, ended = read => ended }
}

/// A polling session's handshake: its sid.
async fn poll(wire: &mut Wire) -> io::Result<String> {
    wire.ask("GET /socket.io/?EIO=4&transport=polling", "").await?;
    let (status, body) = wire.answer().await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let sid = text.split('"').nth(3).map(str::to_owned);
    sid.filter(|_| status == 200).ok_or_else(|| io::Error::other(text))
}

/// A little each second, for as long as the hub takes it.
async fn drip(wire: &mut Wire, little: &[u8]) -> io::Result<()> {
    let mut second = interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            _ = second.tick() => wire.stream.write_all(little).await?,
            ready = wire.stream.readable() => {
                ready?;
                // An answer or an end; a packet of the hub's is passed over.
                match wire.stream.try_read(&mut [0; 4096]) {
                    Ok(0) => return Ok(()),
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

/// As much as the hub takes, at 64 KiB in 100 ms.
async fn pour(wire: &mut Wire) -> io::Result<()> {
    let mut again = interval(Duration::from_millis(100));
    let bytes = vec![b'x'; 64 * 1024];
    loop {
        again.tick().await;
        wire.send(&bytes).await?;
    }
}

/// The outcome of a flood of handshakes.
#[derive(Debug, Default)]
pub struct Flooded {
    pub taken: Cell<usize>,
    pub refused: Cell<usize>,
    pub failed: Cell<usize>,
}

/// Handshakes as fast as they are answered, over so many connections at once, each with a new address
/// every few requests.
pub async fn flood(hub: SocketAddr, lanes: usize, span: Duration, flooded: Rc<Flooded>) {
    let mut tasks = JoinSet::new();
    for lane in 0..lanes {
        let flooded = Rc::clone(&flooded);
        tasks.spawn_local(async move {
            let begun = Instant::now();
            let mut n = lane;
            while begun.elapsed() < span {
                if flood_once(hub, n, &flooded).await.is_err() {
                    flooded.failed.set(flooded.failed.get() + 1);
                }
                n += lanes;
            }
        });
    }
    while tasks.join_next().await.is_some() {}
}

async fn flood_once(hub: SocketAddr, n: usize, flooded: &Flooded) -> io::Result<()> {
    let mut wire = Wire::open(hub, address(40, n % 60_000), false).await?;
    for _ in 0..16 {
        wire.ask("GET /socket.io/?EIO=4&transport=polling", "").await?;
        let answer = wire.whole_answer().await?;
        let count = match answer.status {
            200 => &flooded.taken,
            _ => &flooded.refused,
        };
        count.set(count.get() + 1);
        if answer.is_last {
            return Ok(());
        }
        // All of it is one thread: the others have their turn.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Somebody in the room who speaks without end.
pub async fn babble(hub: SocketAddr, room: String, span: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < span {
        let _ended = babble_once(hub, &room, begun, span).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn babble_once(
    hub: SocketAddr,
    room: &str,
    begun: Instant,
    span: Duration,
) -> io::Result<()> {
    let mut wire = Wire::open(hub, address(41, 0), false).await?;
    join(&mut wire, room).await?;
    let packet =
        format!("42/anonymous,[\"sendMessage\",{{\"roomId\":\"{room}\",\"content\":\"bla\"}}]");
    let many = crate::wire::frame(packet.as_bytes()).repeat(50);
    let mut unread = vec![0; 64 * 1024];
    let (mut reading, mut writing) = wire.stream.split();
    let write = async {
        while begun.elapsed() < span {
            writing.write_all(&many).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    };
    let read = async {
        while reading.read(&mut unread).await? > 0 {}
        Ok(())
    };
    tokio::select! { ended = write => ended, ended = read => ended }
}
