//! The hub as systemd runs it, with the test in the role of systemd.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, kill_process};
use tempfile::TempDir;

use crate::kit::{PATIENCE, Signal, run_in};

/// A hub that tells the story how it is, as it would tell systemd.
struct Service {
    child: Child,
    told: UnixDatagram,
    _folder: TempDir,
}

impl Service {
    fn start(prepare: impl FnOnce(Command) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let told = UnixDatagram::bind(&path).unwrap();
        told.set_read_timeout(Some(PATIENCE)).unwrap();
        let child = prepare(run_in(folder.path()))
            .env("NOTIFY_SOCKET", path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, told, _folder: folder }
    }

    fn signals(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits until the hub says something with these words: all of that message.
    fn hears(&self, words: &str) -> String {
        loop {
            let mut message = [0; 4096];
            let size = self.told.recv(&mut message).unwrap_or_else(|_| panic!("never {words}"));
            let message = String::from_utf8_lossy(&message[..size]).into_owned();
            if message.contains(words) {
                return message;
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

#[test]
fn a_service_reports_ready_its_state_and_the_watchdog() {
    let service = Service::start(|mut command| {
        command.env("WATCHDOG_USEC", "400000");
        command
    });
    service.hears("READY=1");
    service.hears("WATCHDOG=1");
    let status = service.hears("STATUS=");
    assert!(status.contains("0 people in 1 room; join at http://127.0.0.1:"), "{status}");
    service.hears("WATCHDOG=1");
}

#[test]
fn a_service_that_reloads_says_when_it_begins_and_when_it_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    std::fs::write(&path, "").unwrap();
    let service = Service::start(|mut command| {
        command.env("COLAHUB_CONFIG", &path);
        command
    });
    service.hears("READY=1");
    for text in ["metrics.public = true", "nmae = 'camp'", ""] {
        std::fs::write(&path, text).unwrap();
        service.signals(Signal::HUP);
        let begins = service.hears("RELOADING=1");
        // Without its time systemd does not take it for this reload's.
        let since = begins.lines().find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
        assert!(since.is_some_and(|time| time.parse::<u64>().is_ok()), "{begins}");
        assert!(!service.hears("READY=1").contains("RELOADING"));
    }
    service.signals(Signal::TERM);
    service.hears("STOPPING=1");
}

#[test]
fn an_address_that_comes_later_is_left_with_systemd_too_and_the_service_is_ready() {
    // From the block that documentation is written with: no machine has it.
    let service = Service::start(|mut command| {
        command.args(["--listen", "192.0.2.1:8081"]);
        command
    });
    service.hears("FDNAME=192.0.2.1_8081");
    service.hears("READY=1");
    assert!(service.hears("STATUS=").contains("join at http://127.0.0.1:"));
}

#[test]
fn a_service_leaves_its_socket_with_systemd_and_takes_it_back() {
    let service = Service::start(|command| command);
    let kept = service.hears("FDSTORE=1");
    assert!(kept.contains("FDNAME=127.0.0.1_"), "{kept}");

    // systemd hands this over at the next start: the socket, as file descriptor 3.
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let _systemds = socket.try_clone().unwrap();
    let next = Service::start(|hub| {
        let mut shell = Command::new("/bin/sh");
        let handed = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"";
        shell.args(["-c", handed, "sh"]).arg(hub.get_program());
        shell.args(hub.get_args().map(|arg| {
            if arg == "127.0.0.1:0" { address.to_string().into() } else { arg.to_owned() }
        }));
        shell.stdin(Stdio::from(OwnedFd::from(socket)));
        shell
    });
    // It cannot have been bound again, since the address is taken.
    next.hears("READY=1");
    assert!(std::net::TcpStream::connect(address).is_ok());
}
