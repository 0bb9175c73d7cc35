//! Tells systemd regularly that the hub is alive, and its state (`WatchdogSec=`, sd_notify(3)).
//!
//! A hub is alive if its writer answers a ping through its queue and its own port answers. Otherwise nothing
//! is sent, and systemd restarts it. While a shared database is away, the port is enough: a restart would not
//! bring the database back.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::hub::HubHandle;
use crate::hub::command::Call;
use crate::network::{self, Reach};
use crate::store::{Health, Storage};

/// The longest interval between two messages.
const STATUS_EVERY: Duration = Duration::from_secs(10);

/// The request to the hub's own port. Any answer will do, even that the hub is full.
const QUESTION: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// The task. Dropping it ends the task.
#[derive(Debug)]
pub(super) struct Watchdog {
    _task: JoinSet<()>,
}

impl Watchdog {
    /// Starts the task. `None` without systemd.
    pub(super) fn start(hub: HubHandle, reach: Reach, health: Health) -> Option<Self> {
        std::env::var_os("NOTIFY_SOCKET")?;
        // Several times per watchdog interval, so that a slow moment does not end the hub.
        let feeding = sd_notify::watchdog_enabled().map(|limit| limit / 4);
        let mut task = JoinSet::new();
        task.spawn(tell(hub, reach, health, feeding));
        Some(Self { _task: task })
    }
}

async fn tell(hub: HubHandle, reach: Reach, health: Health, feeding: Option<Duration>) {
    let every = feeding.unwrap_or(STATUS_EVERY);
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = String::new();
    loop {
        ticks.tick().await;
        if feeding.is_some() && is_alive(&hub, &health, &reach.present(), every).await {
            super::notify(&[NotifyState::Watchdog]);
        }
        let address = reach.urls().into_iter().next();
        if let Some(status) = status(&hub, (address.as_deref(), reach.is_open()), every).await
            && status != told
        {
            super::notify(&[NotifyState::Status(&status)]);
            told = status;
        }
    }
}

async fn is_alive(
    hub: &HubHandle,
    health: &Health,
    listening: &[SocketAddr],
    limit: Duration,
) -> bool {
    let writes = async { health.storage() == Storage::Away || hub.call(Call::Ping).await.is_ok() };
    let alive = async { writes.await && answers(listening).await };
    let alive = timeout(limit, alive).await.unwrap_or(false);
    if !alive {
        tracing::warn!("the hub does not answer itself; systemd starts it again if that goes on");
    }
    alive
}

/// Whether the hub answers on its own ports.
async fn answers(listening: &[SocketAddr]) -> bool {
    for address in listening {
        match ask(reachable(*address)).await {
            Ok(()) => return true,
            // The address has gone with its interface, which is not the hub's fault.
            Err(error) if is_away(error.kind()) || !is_there(address.ip()) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Connects, sends the request, and waits for any reaction.
async fn ask(address: SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    // A hub that closes the connection is alive, too.
    let _answer = async {
        stream.write_all(QUESTION).await?;
        stream.read(&mut [0; 16]).await
    }
    .await;
    Ok(())
}

/// The address at which this machine reaches a listener.
fn reachable(listening: SocketAddr) -> SocketAddr {
    match listening.ip() {
        ip if ip.is_unspecified() => (IpAddr::V4(Ipv4Addr::LOCALHOST), listening.port()).into(),
        _ => listening,
    }
}

fn is_away(error: ErrorKind) -> bool {
    matches!(
        error,
        ErrorKind::AddrNotAvailable | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable
    )
}

fn is_there(ip: IpAddr) -> bool {
    network::is_own(ip, &network::own_addresses())
}

/// The line that `systemctl status` shows. `None` while the hub is too busy.
async fn status(
    hub: &HubHandle,
    (address, is_open): (Option<&str>, bool),
    limit: Duration,
) -> Option<String> {
    let facts = timeout(limit, hub.call(Call::Facts)).await.ok()?.ok()?;
    let count =
        |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let people = count(facts.people, "person", "people");
    let rooms = count(facts.rooms, "room", "rooms");
    let joined = match address {
        Some(address) => format!("join at {address}"),
        None if !is_open => "only this machine can join, as configured".to_owned(),
        None => "this machine is in no network".to_owned(),
    };
    Some(format!("{people} in {rooms}; {joined}"))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    #[tokio::test]
    async fn a_hub_that_accepts_and_hangs_up_is_alive() {
        let (listener, address) = listener().await;
        let hang_up = async { drop(listener.accept().await.unwrap()) };
        let listening = [address];
        let (alive, ()) = tokio::join!(answers(&listening), hang_up);
        assert!(alive);
    }

    #[tokio::test]
    async fn a_port_without_a_listener_is_not_alive() {
        let (listener, address) = listener().await;
        drop(listener);
        assert!(!answers(&[address]).await);
    }

    #[tokio::test]
    async fn a_listener_that_never_answers_is_waited_for() {
        let (_listener, address) = listener().await;
        assert!(timeout(Duration::from_millis(50), answers(&[address])).await.is_err());
    }

    #[tokio::test]
    async fn an_address_that_went_away_says_nothing() {
        // From the address block for documentation, so no interface has it.
        let away = "192.0.2.1:80".parse().unwrap();
        assert!(is_away(ErrorKind::NetworkUnreachable) && !is_there(IpAddr::from([192, 0, 2, 1])));
        assert_eq!(reachable(away), away);
    }
}
