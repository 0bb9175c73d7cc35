//! One connection of one client, cheap enough for thousands in one thread.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A connection, and what was read of it and not looked at.
pub struct Wire {
    pub stream: TcpStream,
    pub host: SocketAddr,
    inbox: Vec<u8>,
    /// How much of the inbox is done with.
    at: usize,
}

/// An answer of HTTP's.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Whether the connection is closed behind it.
    pub is_last: bool,
}

impl Wire {
    /// Connects from a given address; with a small window if the client will not read.
    pub async fn open(hub: SocketAddr, from: Ipv4Addr, is_small: bool) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if is_small {
            socket.set_recv_buffer_size(4096)?;
        }
        socket.bind((from, 0).into())?;
        let stream = socket.connect(hub).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: hub, inbox: Vec::new(), at: 0 })
    }

    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Sends a request's head with these lines, each with its end.
    pub async fn ask(&mut self, what: &str, lines: &str) -> io::Result<()> {
        let head = format!("{what} HTTP/1.1\r\nhost: {}\r\n{lines}\r\n", self.host);
        self.send(head.as_bytes()).await
    }

    /// The status of the next answer, with its body read where the head says how long it is.
    pub async fn answer(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let Answer { status, body, .. } = self.whole_answer().await?;
        Ok((status, body))
    }

    /// The same, and whether the hub closes the connection behind it.
    pub async fn whole_answer(&mut self) -> io::Result<Answer> {
        let end = loop {
            let unread = &self.inbox[self.at..];
            if let Some(end) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
                break self.at + end + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8_lossy(&self.inbox[self.at..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.trim().parse().unwrap());
        while self.inbox.len() < end + length {
            self.read().await?;
        }
        let body = self.inbox[end..end + length].to_vec();
        self.at = end + length;
        Ok(Answer { status, body, is_last: head.contains("\r\nconnection: close\r\n") })
    }

    /// Opens an Engine.IO session on a WebSocket.
    pub async fn websocket(&mut self) -> io::Result<()> {
        let lines = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                     sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        self.ask("GET /socket.io/?EIO=4&transport=websocket", lines).await?;
        match self.answer().await?.0 {
            101 => Ok(()),
            status => Err(io::Error::other(format!("status {status}"))),
        }
    }

    /// The next packet on a WebSocket; pings are answered.
    pub async fn packet(&mut self) -> io::Result<&[u8]> {
        let (start, end) = loop {
            match self.next_frame() {
                Some((start, end)) if &self.inbox[start..end] == b"2" => {
                    self.at = end;
                    self.say("3").await?;
                }
                Some(found) => break found,
                None => self.read().await?,
            }
        };
        self.at = end;
        Ok(&self.inbox[start..end])
    }

    /// Sends a packet on a WebSocket.
    pub async fn say(&mut self, packet: &str) -> io::Result<()> {
        self.send(&frame(packet.as_bytes())).await
    }

    /// Connects to the namespace of the first room.
    pub async fn connect(&mut self) -> io::Result<()> {
        self.websocket().await?;
        self.say("40/anonymous,").await?;
        while !self.packet().await?.starts_with(b"40/") {}
        Ok(())
    }

    /// Reads and forgets until the other end is gone.
    pub async fn gone(&mut self) {
        let mut unread = [0; 4096];
        while let Ok(1..) = self.stream.read(&mut unread).await {}
    }

    /// Where the next whole frame's payload is.
    fn next_frame(&self) -> Option<(usize, usize)> {
        let unread = &self.inbox[self.at..];
        let (head, length) = match *unread.get(1)? & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes(unread.get(2..4)?.try_into().unwrap()))),
            127 => (10, u64::from_be_bytes(unread.get(2..10)?.try_into().unwrap()) as usize),
            short => (2, usize::from(short)),
        };
        let (start, end) = (self.at + head, self.at + head + length);
        (end <= self.inbox.len()).then_some((start, end))
    }

    async fn read(&mut self) -> io::Result<()> {
        self.inbox.drain(..self.at);
        self.at = 0;
        match self.stream.read_buf(&mut self.inbox).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// A client's frame with a whole text; a mask of zeros leaves it as it is.
pub fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
