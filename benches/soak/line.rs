//! HTTP on a connection from a given address: a request is sent, and its answer is read when it has arrived.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use crate::kit::PATIENCE;

/// The connection has ended; nothing more comes.
#[derive(Debug)]
pub struct Gone;

/// Connects to the hub from this address, one of the loopback's.
pub fn connect(from: Ipv4Addr, hub: SocketAddr) -> Result<TcpStream, Gone> {
    let open = || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((from, 0)).into())?;
        socket.connect(&hub.into())?;
        socket.set_tcp_nodelay(true)?;
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok::<_, std::io::Error>(stream)
    };
    open().map_err(|_| Gone)
}

/// Ends a connection as a phone that loses its network does for the hub: without a word of farewell, with
/// a reset for what still comes.
pub fn vanish(stream: &TcpStream) {
    let _gone = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// HTTP/1.1 on one connection.
pub struct Http {
    pub stream: TcpStream,
    host: SocketAddr,
    read: Vec<u8>,
}

/// An answer: its status and body.
pub type Answer = (u16, String);

impl Http {
    pub fn new(stream: TcpStream, host: SocketAddr) -> Self {
        Self { stream, host, read: Vec::new() }
    }

    /// Sends a request; `headers` are whole lines.
    pub fn ask(&mut self, what: &str, headers: &str, body: &str) -> Result<(), Gone> {
        let (host, length) = (self.host, body.len());
        let request = format!(
            "{what} HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).map_err(|_| Gone)
    }

    /// The answer, if it is there within this time.
    pub fn answer(&mut self, within: Duration) -> Result<Option<Answer>, Gone> {
        let until = Instant::now() + within;
        loop {
            if let Some((answer, end)) = parse(&self.read) {
                self.read.drain(..end);
                return Ok(Some(answer));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.stream.set_read_timeout(Some(left)).map_err(|_| Gone)?;
            let mut some = [0; 4096];
            match self.stream.read(&mut some) {
                Ok(0) => return Err(Gone),
                Ok(count) => self.read.extend_from_slice(&some[..count]),
                Err(error) if is_late(&error) => {}
                Err(_) => return Err(Gone),
            }
        }
    }

    /// A request, and its answer.
    pub fn call(&mut self, what: &str, headers: &str, body: &str) -> Result<Answer, Gone> {
        self.ask(what, headers, body)?;
        self.answer(PATIENCE)?.ok_or(Gone)
    }
}

/// Whether nothing came in time.
pub fn is_late(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

fn parse(read: &[u8]) -> Option<(Answer, usize)> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&read[..head]).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    let length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.map(|(_, value)| value.parse().unwrap()).next().unwrap_or(0);
    let end = head + length;
    let body = read.get(head..end)?;
    Some(((status, String::from_utf8(body.to_vec()).unwrap()), end))
}
