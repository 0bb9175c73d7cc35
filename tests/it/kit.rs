//! Starts a hub for each story, and has a client with just enough HTTP.

use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use tempfile::TempDir;

/// How long nothing may move before a story fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// After this a wait ends even if something always moves: only so that no story hangs for ever.
const HANGS: Duration = Duration::from_secs(20 * 60);

/// Looks until there is what is waited for. What it sees instead says how far it is: the wait ends when that has not
/// changed for [`PATIENCE`], so that a slow machine is waited for as long as it gets on.
pub fn wait_for<T, S: PartialEq + Debug>(what: &str, look: impl FnMut() -> Result<T, S>) -> T {
    wait_with(PATIENCE, HANGS, what, look)
}

/// Like [`wait_for`], with another limit for standstill, and another limit for progress without end.
pub fn wait_with<T, S: PartialEq + Debug>(
    patience: Duration,
    hangs: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<T, S>,
) -> T {
    let begun = Instant::now();
    let mut last: Option<(S, Instant)> = None;
    loop {
        let seen = match look() {
            Ok(wanted) => return wanted,
            Err(seen) => seen,
        };
        match &last {
            Some((before, since)) if *before == seen => {
                assert!(since.elapsed() < patience, "{what}: it stays {seen:?}");
            }
            _ => {
                assert!(begun.elapsed() < hangs, "{what}: it goes on without end, now {seen:?}");
                last = Some((seen, Instant::now()));
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until it is so, where nothing shows how far it is.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    wait_for(what, || if is_so() { Ok(()) } else { Err(false) });
}

/// A command of the program under test, without the settings of the user who runs the tests.
pub fn colahub(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_colahub"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COLAHUB_") {
            command.env_remove(name);
        }
    }
    command.env_remove("RUNTIME_DIRECTORY").args(args);
    command
}

/// The output and the exit code of a command that ends.
pub fn told(args: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = colahub(args).output().unwrap();
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8(text).unwrap())
}

/// A hub that runs until the story ends.
pub struct Hub {
    child: Child,
    pub address: SocketAddr,
    /// Where its data is; kept by the story that wants to start another hub there.
    pub folder: TempDir,
}

impl Hub {
    pub fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), &[])
    }

    pub fn with(settings: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), settings)
    }

    pub fn start_in(folder: TempDir, settings: &[(&str, &str)]) -> Self {
        let mut command = run_in(folder.path());
        command.envs(settings.iter().copied());
        Self::run(command, folder)
    }

    /// Runs a command that is a hub with its data in this folder.
    pub fn run(mut command: Command, folder: TempDir) -> Self {
        command.stderr(Stdio::null());
        Self::run_heard(command, folder)
    }

    /// Like [`Hub::run`], with what it logs going where the command says.
    pub fn run_heard(mut command: Command, folder: TempDir) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let heard = std::thread::spawn(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).unwrap();
            line
        });
        // It may have much to do before it listens, and says nothing meanwhile.
        wait_for("the hub listens", || {
            if heard.is_finished() { Ok(()) } else { Err(spent(child.id())) }
        });
        let line = heard.join().unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let said = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        let none = || panic!("no address in {line:?}; what it logged, if that is here: {}", said());
        let address = address.unwrap_or_else(none).parse().unwrap();
        Self { child, address, folder }
    }

    /// The process that it is.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for the end: the exit code, and the folder for the next hub.
    pub fn ended(mut self) -> (Option<i32>, TempDir) {
        let end = || self.child.try_wait().unwrap().ok_or("running");
        let status = wait_for("the hub ends", end);
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        (status.code(), folder)
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a request with these headers, and returns the whole answer.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let lines: String = headers.iter().map(|(name, v)| format!("{name}: {v}\r\n")).collect();
        self.request(&format!("GET {path}"), &lines, "")
    }

    /// A call with this JSON.
    pub fn post(&self, path: &str, json: &str) -> Answer {
        let length = json.len();
        let lines = format!("content-type: application/json\r\ncontent-length: {length}\r\n");
        self.request(&format!("POST {path}"), &lines, json)
    }

    /// Makes a call with this JSON and these headers.
    pub fn post_with(&self, path: &str, json: &str, headers: &[(&str, &str)]) -> Answer {
        let lines: String = headers.iter().map(|(name, v)| format!("{name}: {v}\r\n")).collect();
        let length = json.len();
        let lines =
            format!("{lines}content-type: application/json\r\ncontent-length: {length}\r\n");
        self.request(&format!("POST {path}"), &lines, json)
    }

    /// A request to the letter, and its answer: all of it, or its head where the connection goes on.
    pub fn raw(&self, request: &str) -> Answer {
        self.raw_on(self.connect(), request)
    }

    /// The same on a separate connection.
    pub fn raw_on(&self, stream: TcpStream, request: &str) -> Answer {
        let mut stream = BufReader::new(stream);
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            assert_ne!(stream.read_until(b'\n', &mut bytes).unwrap(), 0, "no whole head");
        }
        let mut answer = Answer::parse(&bytes);
        if let Some(length) = answer.header("content-length") {
            answer.body.resize(length.parse().unwrap(), 0);
            stream.read_exact(&mut answer.body).unwrap();
        } else if answer.status != 101 {
            stream.read_to_end(&mut answer.body).unwrap();
        }
        answer
    }

    fn request(&self, what: &str, lines: &str, body: &str) -> Answer {
        let answer = self.try_request(what, lines, body);
        answer.unwrap_or_else(|| panic!("{what}: no answer"))
    }

    /// The answer of a hub that may be going or coming; nothing where the connection ended.
    pub fn try_get(&self, path: &str, headers: &[(&str, &str)]) -> Option<Answer> {
        let lines: String = headers.iter().map(|(name, v)| format!("{name}: {v}\r\n")).collect();
        self.try_request(&format!("GET {path}"), &lines, "")
    }

    fn try_request(&self, what: &str, lines: &str, body: &str) -> Option<Answer> {
        let mut stream = self.connect();
        let host = self.address;
        write!(stream, "{what} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{lines}\r\n{body}")
            .ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        (!bytes.is_empty()).then(|| Answer::parse(&bytes))
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may have ended in the story already.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The processor time that a process has taken, in the kernel's ticks.
pub fn spent(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Behind the name, which may have spaces: utime and stime are the 14th and 15th field of all.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum()
}

/// `colahub run` on a free port with its data in this folder.
pub fn run_in(folder: &Path) -> Command {
    let folder = folder.to_str().unwrap();
    colahub(&["run", "--listen", "127.0.0.1:0", "--no-mdns", "--data-dir", folder])
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: bytes[end + 4..].to_vec() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}
