//! A client with just enough Socket.IO on a WebSocket: it sends events, and receives what comes.

use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::kit::PATIENCE;

/// The connection has ended; nothing more comes.
#[derive(Debug)]
pub struct Gone;

/// Something that came.
pub enum Heard {
    /// An event with its payload.
    Event(String, Value),
    /// The acknowledged envelope of the request with this number.
    Ack(u64, Value),
}

/// A connection to a namespace.
pub struct Socket {
    line: WebSocket<TcpStream>,
    namespace: String,
    asked: u64,
}

impl Socket {
    /// Connects to a namespace as the browser that the token names.
    pub fn connect(address: SocketAddr, namespace: &str, token: &str) -> Result<Self, Gone> {
        let stream = TcpStream::connect(address).map_err(|_| Gone)?;
        Self::on(stream, address, namespace, token)
    }

    /// The same over a given connection.
    pub fn on(
        stream: TcpStream,
        address: SocketAddr,
        namespace: &str,
        token: &str,
    ) -> Result<Self, Gone> {
        stream.set_nodelay(true).map_err(|_| Gone)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|_| Gone)?;
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (line, _) = tungstenite::client(url, stream).map_err(|_| Gone)?;
        let mut socket = Self { line, namespace: namespace.to_owned(), asked: 0 };
        socket.next()?;
        socket.send(&format!("40/{namespace},{}", json!({ "token": token })))?;
        while !socket.next()?.starts_with("40") {}
        Ok(socket)
    }

    /// Connects to one more namespace over the same line, or says why not.
    pub fn connect_also(&mut self, namespace: &str) -> Result<(), String> {
        self.send(&format!("40/{namespace},")).unwrap();
        loop {
            let packet = self.next().unwrap();
            if packet.starts_with(&format!("40/{namespace},")) {
                return Ok(());
            }
            if let Some(error) = packet.strip_prefix(&format!("44/{namespace},")) {
                let error: Value = serde_json::from_str(error).unwrap();
                return Err(error["message"].as_str().unwrap().to_owned());
            }
        }
    }

    /// Leaves the namespace and connects to it again over the same line, or says why it cannot.
    pub fn reconnect(&mut self) -> Result<(), String> {
        let namespace = self.namespace.clone();
        self.send(&format!("41/{namespace},")).unwrap();
        self.connect_also(&namespace)
    }

    /// Sends an event, and gives the number that its acknowledgement will have.
    pub fn ask(&mut self, event: &str, payload: &Value) -> Result<u64, Gone> {
        self.asked += 1;
        let packet = json!([event, payload]);
        self.send(&format!("42/{},{}{packet}", self.namespace, self.asked))?;
        Ok(self.asked)
    }

    /// Waits for what comes next.
    pub fn hear(&mut self) -> Result<Heard, Gone> {
        loop {
            let packet = self.next()?;
            let Some((head, rest)) = packet.split_once(',') else { continue };
            let json = rest.find('[').unwrap_or(rest.len());
            let (number, arguments) = rest.split_at(json);
            match &head[..2] {
                "42" => {
                    let (event, payload) = serde_json::from_str(arguments).unwrap();
                    return Ok(Heard::Event(event, payload));
                }
                "43" => {
                    let [envelope]: [Value; 1] = serde_json::from_str(arguments).unwrap();
                    return Ok(Heard::Ack(number.parse().unwrap(), envelope));
                }
                other => panic!("{other} was not expected: {packet}"),
            }
        }
    }

    /// The next packet that is no ping; pings are answered.
    fn next(&mut self) -> Result<String, Gone> {
        loop {
            match self.line.read() {
                Ok(Message::Text(text)) if text.as_str() == "2" => self.send("3")?,
                Ok(Message::Text(text)) => return Ok(text.as_str().to_owned()),
                Ok(_) => {}
                Err(_) => return Err(Gone),
            }
        }
    }

    fn send(&mut self, packet: &str) -> Result<(), Gone> {
        self.line.send(Message::text(packet)).map_err(|_| Gone)
    }
}
