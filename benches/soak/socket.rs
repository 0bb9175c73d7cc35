//! Socket.IO, just enough of it, on a WebSocket or by long polling, without waiting longer than wanted.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Error, Message, WebSocket};

use crate::kit::PATIENCE;
use crate::line::{Gone, Http, connect, is_late, vanish};

/// Something that came.
pub enum Heard {
    /// An event with its payload.
    Event(String, Value),
    /// The acknowledged envelope of the request with this number.
    Ack(u64, Value),
}

/// A connection to a namespace.
pub struct Socket {
    line: Line,
    namespace: String,
    asked: u64,
}

enum Line {
    WebSocket(Box<WebSocket<TcpStream>>),
    Polling(Box<Polling>),
}

/// Two connections: one waits for what comes, on the other goes out what is said.
struct Polling {
    waiting: Http,
    saying: Http,
    path: String,
    is_asked: bool,
    packets: VecDeque<String>,
}

/// Where somebody is, and whither they go.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub from: Ipv4Addr,
    pub hub: SocketAddr,
}

impl Socket {
    /// Connects to a namespace as the browser that the token names. A refusal by the hub is its sentence.
    pub fn connect(
        way: Way,
        polls: bool,
        namespace: &str,
        token: &str,
    ) -> Result<Result<Self, String>, Gone> {
        let line = if polls { Line::polling(way)? } else { Line::websocket(way)? };
        let mut socket = Self { line, namespace: namespace.to_owned(), asked: 0 };
        socket.send(&format!("40/{namespace},{}", json!({ "token": token })))?;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match socket.packet(PATIENCE)? {
                Some(packet) if packet.starts_with("40") => return Ok(Ok(socket)),
                Some(packet) if packet.starts_with("44") => return Ok(Err(packet)),
                _ => {}
            }
        }
        Err(Gone)
    }

    /// Sends an event, and gives the number that its acknowledgement will have.
    pub fn ask(&mut self, event: &str, payload: &Value) -> Result<u64, Gone> {
        self.asked += 1;
        let packet = json!([event, payload]);
        self.send(&format!("42/{},{}{packet}", self.namespace, self.asked))?;
        Ok(self.asked)
    }

    /// Sends an event that is not acknowledged.
    pub fn tell(&mut self, event: &str, payload: &Value) -> Result<(), Gone> {
        let packet = json!([event, payload]);
        self.send(&format!("42/{},{packet}", self.namespace))
    }

    /// The next packet, if it comes within this time.
    pub fn hear(&mut self, within: Duration) -> Result<Option<Heard>, Gone> {
        let Some(packet) = self.packet(within)? else { return Ok(None) };
        let Some((head, rest)) = packet.split_once(',') else { return Ok(None) };
        let (number, arguments) = rest.split_at(rest.find('[').unwrap_or(rest.len()));
        Ok(match head.get(..2) {
            Some("42") => {
                let (event, payload) = serde_json::from_str(arguments).unwrap();
                Some(Heard::Event(event, payload))
            }
            Some("43") => {
                let [envelope]: [Value; 1] = serde_json::from_str(arguments).unwrap();
                Some(Heard::Ack(number.parse().unwrap(), envelope))
            }
            // The hub ends this connection.
            Some("41") => return Err(Gone),
            other => panic!("{other:?} was not expected: {packet}"),
        })
    }

    /// Leaves as a browser that goes to another page: with a word of farewell.
    pub fn close(mut self) {
        // The hub may have been faster.
        let _gone = self.send(&format!("41/{},", self.namespace));
        match &mut self.line {
            Line::WebSocket(line) => drop(line.close(None).and_then(|()| line.flush())),
            Line::Polling(_) => drop(self.send("1")),
        }
    }

    /// Is gone without a word.
    pub fn vanish(self) {
        match &self.line {
            Line::WebSocket(line) => vanish(line.get_ref()),
            Line::Polling(line) => {
                vanish(&line.waiting.stream);
                vanish(&line.saying.stream);
            }
        }
    }

    /// The next packet that is no ping; pings are answered.
    fn packet(&mut self, within: Duration) -> Result<Option<String>, Gone> {
        let until = Instant::now() + within;
        loop {
            // A timeout of zero would be none.
            let left =
                until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            let packet = match &mut self.line {
                Line::WebSocket(line) => read(line, left)?,
                Line::Polling(line) => line.read(left)?,
            };
            match packet {
                Some(packet) if packet == "2" => self.send("3")?,
                None if Instant::now() < until => {}
                other => return Ok(other),
            }
        }
    }

    fn send(&mut self, packet: &str) -> Result<(), Gone> {
        match &mut self.line {
            Line::WebSocket(line) => line.send(Message::text(packet)).map_err(|_| Gone),
            Line::Polling(line) => line.send(packet),
        }
    }
}

impl Line {
    fn websocket(way: Way) -> Result<Self, Gone> {
        let stream = connect(way.from, way.hub)?;
        let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", way.hub);
        let (mut line, _) = tungstenite::client(url, stream).map_err(|_| Gone)?;
        match read(&mut line, PATIENCE)? {
            Some(_) => Ok(Self::WebSocket(Box::new(line))),
            None => Err(Gone),
        }
    }

    fn polling(way: Way) -> Result<Self, Gone> {
        let http = || connect(way.from, way.hub).map(|stream| Http::new(stream, way.hub));
        let (mut waiting, saying) = (http()?, http()?);
        let path = "/socket.io/?EIO=4&transport=polling";
        let (status, body) = waiting.call(&format!("GET {path}"), "", "")?;
        let opening: Option<Value> = body.get(1..).and_then(|open| serde_json::from_str(open).ok());
        match opening.as_ref().and_then(|opening| opening["sid"].as_str()) {
            Some(sid) if status == 200 => {
                let path = format!("{path}&sid={sid}");
                let packets = VecDeque::new();
                Ok(Self::Polling(Box::new(Polling {
                    waiting,
                    saying,
                    path,
                    is_asked: false,
                    packets,
                })))
            }
            _ => Err(Gone),
        }
    }
}

impl Polling {
    fn read(&mut self, within: Duration) -> Result<Option<String>, Gone> {
        if let Some(packet) = self.packets.pop_front() {
            return Ok(Some(packet));
        }
        if !self.is_asked {
            self.waiting.ask(&format!("GET {}", self.path), "", "")?;
            self.is_asked = true;
        }
        let Some((status, body)) = self.waiting.answer(within)? else { return Ok(None) };
        self.is_asked = false;
        if status != 200 {
            return Err(Gone);
        }
        self.packets.extend(body.split('\u{1e}').map(str::to_owned));
        Ok(self.packets.pop_front())
    }

    fn send(&mut self, packet: &str) -> Result<(), Gone> {
        let post = format!("POST {}", self.path);
        let kind = "content-type: text/plain;charset=UTF-8\r\n";
        match self.saying.call(&post, kind, packet)? {
            (200, _) => Ok(()),
            _ => Err(Gone),
        }
    }
}

fn read(line: &mut WebSocket<TcpStream>, within: Duration) -> Result<Option<String>, Gone> {
    line.get_ref().set_read_timeout(Some(within)).map_err(|_| Gone)?;
    match line.read() {
        Ok(Message::Text(text)) => Ok(Some(text.as_str().to_owned())),
        Ok(Message::Close(_)) => Err(Gone),
        Ok(_) => Ok(None),
        Err(Error::Io(error)) if is_late(&error) => Ok(None),
        Err(_) => Err(Gone),
    }
}
