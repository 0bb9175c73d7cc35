//! The composition root: builds everything, owns start and shutdown.

mod bind;
mod kept;
mod lock;
mod places;
mod ready;
mod reload;
mod renew;
mod sandbox;
mod shared;
mod signals;
mod watchdog;
mod wipe;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;

use self::bind::{Late, Listeners};
use self::ready::Ready;
use self::reload::Reload;
use self::signals::{SignalAction, Signals};
use self::watchdog::Watchdog;
use crate::budget::{self, Budget};
use crate::config::{Config, LiveConfig, Loaded, Memory, Sources};
use crate::control::{self, Control};
use crate::discovery::{self, Discovery};
use crate::domain::ids::HubId;
use crate::domain::names::OwnNames;
use crate::domain::room::Room;
use crate::domain::text::{Namespace, Title};
use crate::door::Door;
use crate::gateway::{self, Gateway};
use crate::http::{self, Server};
use crate::hub::command::{Call, Command};
use crate::hub::{self, ChatConfig, Settings};
use crate::identity::Signer;
use crate::metrics::Metrics;
use crate::network::Reach;
use crate::store::{Health, Retention, Schedule, Storage, Store, StoreOptions, forgets};
use crate::telemetry::Levels;
use crate::wire;

pub use lock::Lock;
pub use renew::{Renewed, renew};
pub use shared::{database, renew_shared, source};
pub use wipe::wipe;

/// Time limit of a shutdown: below the five seconds that are promised.
const SHUTDOWN: Duration = Duration::from_millis(4_500);

/// Runs a hub until it is told to stop. On SIGHUP it reads the configuration again from `sources`.
///
/// # Errors
/// The hub could not start: a sentence for the host.
pub fn run(loaded: Loaded, sources: Sources, levels: Levels) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // For queries, password hashing and name look-ups. More threads would only cost memory.
        .max_blocking_threads(8)
        .build()
        .context("the system does not give what the hub needs to run")?;
    let result = runtime.block_on(async {
        // First, so that no signal ends the process before the hub can handle it.
        let mut signals = Signals::new()?;
        let mut listeners = Listeners::bind(&loaded.config.listen)?;
        let mut reload = Reload::new(loaded, sources, levels);
        while serve(&mut reload, &mut listeners, &mut signals).await? == ExitReason::Reopen {}
        Ok(())
    });
    // A blocking call that hangs must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_millis(200));
    result
}

/// Opens the configured ports and stores the sockets with systemd, for the hub that starts next and lacks the
/// privilege. Does nothing without systemd.
pub fn hold_ports(config: &Config) {
    bind::hold(&config.listen);
}

/// Why a hub ended.
#[derive(Debug, PartialEq, Eq)]
enum ExitReason {
    /// It was told to stop.
    Stopped,
    /// Its store has to be opened again, and everything above it rebuilt.
    Reopen,
}

async fn serve(
    reload: &mut Reload,
    listeners: &mut Listeners,
    signals: &mut Signals,
) -> anyhow::Result<ExitReason> {
    let config = &reload.config().now();
    // First, since two hubs on one database would not see each other's people.
    let lock = sandbox::explained(lock::Lock::take(&config.data_dir), &config.data_dir)?;
    if let Some(why) = forgets(&config.data_dir).filter(|_| config.database_url.is_none()) {
        tracing::warn!("{why}");
    }
    let store = tokio::select! {
        store = opened(reload.config()) => sandbox::explained(store, &config.data_dir)?,
        // Even while the database is being opened. As after a kill, the next start recovers.
        () = signals.stop() => {
            tracing::warn!("told to stop while starting: ended at once");
            return Ok(ExitReason::Stopped);
        }
        never = wipe::keep_waiting(&config.data_dir) => match never {},
    };
    let started = Running::start(reload.config(), listeners, (lock, store));
    let mut running = sandbox::explained(started, &config.data_dir)?;
    sandbox::warn(&config.data_dir);
    // Ready means that writes work: the ping returns through the writer's queue, after the first room. Damage
    // that was met meanwhile is handled below.
    let answered = running.hub.call(Call::Ping).await.is_ok();
    let is_passing = matches!(running.health.storage(), Storage::Outdated | Storage::Away);
    if !answered && !is_passing {
        anyhow::bail!("the database takes no writes; the log says why");
    }
    let live = reload.config().clone();
    let mut ready = Ready::announce(running.reach.clone());
    let mut looks = tokio::time::interval(ready::LOOK);
    let mut is_waiting = true;
    let _watchdog = running.watch();
    let end = loop {
        tokio::select! {
            told = signals.next(!reload.is_reading()) => match told {
                SignalAction::Stop => break ExitReason::Stopped,
                SignalAction::Reload => reload.start(),
            },
            is_new = reload.done() => {
                if is_new {
                    running.configure(&reload.config().now());
                }
                notify(&[sd_notify::NotifyState::Ready]);
            }
            () = live.event_changed() => running.configure(&reload.config().now()),
            () = running.health.outdated() => break ExitReason::Reopen,
            // The hub ends by itself only if it has failed; the service manager restarts it.
            _ = &mut running.hub_task => anyhow::bail!("the hub failed; the log says why"),
            _ = looks.tick(), if is_waiting => {
                running.listen_too(listeners)?;
                is_waiting = ready.look();
            }
        }
    };
    if end == ExitReason::Stopped {
        tracing::info!("told to stop");
        notify(&[sd_notify::NotifyState::Stopping]);
    }
    tokio::select! {
        () = running.close() => tracing::info!("stopped"),
        () = tokio::time::sleep(SHUTDOWN) => {
            // The database must not be replaced while something has it open.
            anyhow::ensure!(end == ExitReason::Stopped, "the hub could not let go of its database; start it again");
            tracing::warn!("stopped before all was done");
        }
        () = signals.stop() => {
            tracing::warn!("told to stop while ending: ended at once");
            return Ok(ExitReason::Stopped);
        }
    }
    Ok(end)
}

/// Opens the store on a thread of its own: that may take seconds, and longer for a migration.
async fn opened(configured: &LiveConfig) -> anyhow::Result<Store<hub::WriteContext>> {
    let (live, config) = (configured.clone(), configured.now());
    let open = move || match shared::database(&config)? {
        Some(database) => {
            let hub = shared::hub_run(&live, care(&config).retention)?;
            anyhow::Ok(Store::connect(database, hub)?)
        }
        None => {
            let fresh = HubId::from_random(random());
            Ok(Store::open(&config.data_dir, fresh, care(&config))?)
        }
    };
    let opened = tokio::task::spawn_blocking(open).await;
    let store: Store<hub::WriteContext> =
        opened.context("the database could not be opened; the log says why")??;
    configured.set_event(store.past.event.clone());
    Ok(store)
}

/// The signer of tokens. Hubs on a shared database use the same key.
fn signer(config: &Config, shared: Option<[u8; 32]>) -> anyhow::Result<Signer> {
    Ok(match shared {
        Some(key) => Signer::with_key(key),
        None => Signer::open(&config.data_dir, &random())?,
    })
}

/// Adds the layers around all routes and Socket.IO: the official client, CORS, and outermost the guard.
fn around(
    router: Router,
    config: &LiveConfig,
    reach: &Reach,
    discovery: &Discovery,
    metrics: &Arc<Metrics>,
) -> Router {
    let router = http::with_cors(http::with_client(router), config.clone());
    let (reach, found) = (reach.clone(), discovery.view());
    http::Guard::new(config.clone(), reach, found, Arc::clone(metrics)).before(router)
}

/// What the hub starts from. Where the event's settings change, they are put over the configuration at once.
fn start(live: &LiveConfig, store: Store<hub::WriteContext>) -> hub::Start {
    let (config, live) = (live.now(), live.clone());
    let is_shared = config.database_url.is_some();
    let remembered = (!is_shared).then(|| hub::RememberedTime::of(&config.data_dir));
    let configuration = configuration(&config);
    let on_event = Box::new(move |settings| live.set_event(settings));
    hub::Start { configuration, store, random: Box::new(random), on_event, remembered }
}

fn configuration(config: &Config) -> ChatConfig {
    ChatConfig {
        settings: settings(config),
        first_room: first_room(config),
        own_names: OwnNames::new(&[config.title.as_str(), config.name.as_str()]),
    }
}

fn gateway_settings(config: &Config) -> gateway::GatewaySettings {
    let title = config.title.as_str().to_owned();
    gateway::GatewaySettings { language: config.language, title, limits: config.limits }
}

/// A running hub.
struct Running {
    hub: hub::HubHandle,
    hub_task: tokio::task::JoinHandle<()>,
    gateway: Gateway,
    server: Server,
    health: Health,
    discovery: Discovery,
    reach: Reach,
    door: Arc<Door>,
    budget: Budget,
    _watch: budget::Watch,
    // Dropped before the lock: the next hub creates its own.
    _control: Option<Control>,
    _lock: lock::Lock,
}

impl Running {
    fn start(
        live: &LiveConfig,
        listeners: &Listeners,
        (lock, store): (lock::Lock, Store<hub::WriteContext>),
    ) -> anyhow::Result<Self> {
        let config = &*live.now();
        let health = store.health.clone();
        let signer = Arc::new(signer(config, store.past.key)?);
        let (reader, hub_id) = (store.reader.clone(), store.past.hub);
        let unruly = unruly(&store.past.rooms);
        let sockets = listeners.again()?;
        let reach = Reach::new(bind::addresses(&sockets)?, config.interfaces.clone())
            .without(listeners.refused().to_vec());
        reach.set_public(config.http_public_url.clone());
        let discovery = discovery(config, hub_id, &reach);
        let (metrics, budget) = (Arc::new(Metrics::default()), Budget::new(ceiling(config)));
        let (hub, outputs, hub_task) = hub::start(start(live, store));
        let places = places::places(config.limits.connections);
        let door = Arc::new(Door::new(&config.limits, config.limits_proxies.clone(), places));
        let context = Arc::new(control::ControlContext {
            hub: hub.clone(),
            config: live.clone(),
            health: health.clone(),
            reach: reach.clone(),
            found: discovery.view(),
            reader: reader.clone(),
            connections: door.connections(),
            budget: budget.clone(),
            signer: Arc::clone(&signer),
            random,
        });
        let control = Control::start(Arc::clone(&context));
        let router = http::router(http::HttpContext {
            control: context,
            hub: hub.clone(),
            reader,
            signer: Arc::clone(&signer),
            random,
            config: live.clone(),
            reach: reach.clone(),
            found: discovery.view(),
            health: health.clone(),
            door: Arc::clone(&door),
            metrics: Arc::clone(&metrics),
            budget: budget.clone(),
            export: shared::source(config)?,
        });
        let setup = gateway::Setup {
            hub: hub.clone(),
            signer,
            random,
            settings: gateway_settings(config),
            door: Arc::clone(&door),
            hub_id,
            metrics: Arc::clone(&metrics),
            budget: budget.clone(),
            unruly,
        };
        let (gateway, router) = Gateway::serve(setup, outputs, router);
        let router = around(router, live, &reach, &discovery, &metrics);
        let mut server = Server::start(router, Arc::clone(&door), live.clone(), metrics);
        for socket in sockets {
            server.accept_on(bind::into_tokio(socket)?);
        }
        tracing::info!(most = places, "connections are served, up to this many at a time");
        Ok(Self {
            hub,
            hub_task,
            gateway,
            server,
            health,
            discovery,
            reach,
            door,
            _watch: budget.watch(),
            budget,
            _control: control,
            _lock: lock,
        })
    }

    /// Passes a changed configuration on to everything that has a copy of a setting. What reads the live
    /// configuration needs no notice.
    fn configure(&self, config: &Config) {
        let places = places::places(config.limits.connections);
        self.door.set(&config.limits, config.limits_proxies.clone(), places);
        self.budget.set_ceiling(ceiling(config));
        self.reach.set_public(config.http_public_url.clone());
        self.gateway.set(gateway_settings(config));
        self.hub.submit(Command::Configure(Box::new(configuration(config))));
    }

    /// Tells systemd the hub's state until the guard is dropped.
    fn watch(&self) -> Option<Watchdog> {
        Watchdog::start(self.hub.clone(), self.reach.clone(), self.health.clone())
    }

    /// Retries addresses that could not be bound.
    fn listen_too(&mut self, listeners: &mut Listeners) -> anyhow::Result<()> {
        for Late { asked, listener } in listeners.try_again() {
            self.reach.add(asked, bind::address(&listener)?);
            self.server.accept_on(bind::into_tokio(listener)?);
        }
        Ok(())
    }

    /// Stops accepting, commits what was submitted, tells the clients, and closes.
    async fn close(self) {
        // HTTP first: nothing may be submitted while the hub finishes.
        self.server.close().await;
        let hub = async {
            self.hub.close().await;
            let _ended = self.hub_task.await;
            self.gateway.close().await;
        };
        // Concurrently, since one waits for the disk and the clients, the other for the network.
        tokio::join!(hub, self.discovery.close());
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        language: config.language,
        rooms_max: config.rooms_limit,
        lifetime: config.rooms_lifetime,
        history: config.rooms_history,
        take_back: config.messages_take_back,
        roster_limit: config.rooms_roster_limit,
        bridge: config.identity_bridge.then_some(config.identity_bridge_memory),
        limits: config.limits,
    }
}

/// How much memory the hub may use, in bytes. `None` for no limit.
fn ceiling(config: &Config) -> Option<u64> {
    match config.limits_memory {
        Memory::Auto => Some(budget::fair_share()),
        Memory::Bytes(bytes) => Some(bytes),
        Memory::Off => None,
    }
}

fn care(config: &Config) -> StoreOptions {
    let keep = config.backup_keep;
    StoreOptions {
        gather: config.database_gather,
        retention: Retention {
            age: config.retention_age,
            per_room: config.retention_per_room,
            size: config.retention_size,
        },
        backups: config.backup_every.map(|every| Schedule { every, keep }),
    }
}

fn discovery(config: &Config, hub: HubId, reach: &Reach) -> Discovery {
    if !config.mdns {
        return Discovery::off();
    }
    Discovery::start(discovery::Setup {
        wish: config.name.clone(),
        hub: hub.to_string(),
        version: wire::VERSION,
        reach: reach.clone(),
        turns: HubId::from_random(random()).to_string(),
        folder: config.data_dir.clone(),
    })
}

/// The namespaces of rooms that break the present rules for names.
fn unruly(rooms: &[Room]) -> HashSet<Namespace> {
    let names = rooms.iter().map(|room| &room.namespace);
    names.filter(|name| !name.is_ruly()).cloned().collect()
}

fn first_room(config: &Config) -> Option<(Namespace, Title)> {
    config.rooms_first.clone().map(|title| (config.rooms_first_namespace.clone(), title))
}

/// Random bytes from the kernel.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Guessable identities are worse than none, and Linux always has randomness.
        tracing::error!(%error, "the system gives no randomness");
        std::process::abort();
    }
    bytes
}

fn notify(state: &[sd_notify::NotifyState<'_>]) {
    // Fails without systemd only.
    let _told = sd_notify::notify(state);
}
