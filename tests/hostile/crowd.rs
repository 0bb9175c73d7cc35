//! The honest clients: people in one room, of whom one speaks, and the time is measured until all others have
//! received it.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinSet, spawn_local};
use tokio::time::interval;

use crate::wire::Wire;

/// How long nobody may come in before the story fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long nothing may be heard before what is missing counts as lost.
const LATE: Duration = Duration::from_secs(2);

/// Waits until a count has grown to what is wanted. Whether it has: the wait ends when it has stood still for so long.
async fn grows_to(wanted: usize, patience: Duration, count: impl Fn() -> usize) -> bool {
    let (mut seen, mut since) = (count(), Instant::now());
    while seen < wanted && since.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = count();
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
    seen >= wanted
}

/// A task for everybody in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Read,
    /// Those who never read from some time on.
    StopReading,
}

/// The people, for as long as they are held.
pub struct Crowd {
    _people: JoinSet<()>,
    order: watch::Sender<Order>,
    heard: Rc<RefCell<Heard>>,
    speaker: Wire,
    room: String,
    /// How many always read.
    readers: usize,
    spoken: usize,
}

#[derive(Default)]
struct Heard {
    /// When each message was said, by its number.
    said: Vec<Instant>,
    /// How long each took to each reader.
    took: Vec<Duration>,
    /// By how many each was heard, and how long it took to the last.
    last: Vec<(usize, Duration)>,
    /// How many readers lost their connection.
    lost: usize,
}

/// How long messages took.
#[derive(Debug)]
pub struct Times {
    /// Until one reader had one.
    pub one: Percentiles,
    /// Until the last reader had one.
    pub all: Percentiles,
    /// How many deliveries never came.
    pub missing: usize,
    /// How many readers lost their connection.
    pub lost: usize,
}

#[derive(Debug)]
pub struct Percentiles {
    pub p50: Duration,
    pub p99: Duration,
}

impl Percentiles {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied();
        Self { p50: at(50).unwrap_or_default(), p99: at(99).unwrap_or_default() }
    }
}

impl Crowd {
    /// So many people come into the room, of whom some will not read when told to.
    pub async fn come(hub: SocketAddr, room: &str, people: usize, deaf: usize) -> Self {
        let heard = Rc::new(RefCell::new(Heard::default()));
        let (order, orders) = watch::channel(Order::Read);
        let arrived = Rc::new(Semaphore::new(0));
        let mut tasks = JoinSet::new();
        for n in 0..people {
            let person = Person {
                hub,
                address: address(1, n),
                room: room.to_owned(),
                is_deaf: n < deaf,
                heard: Rc::clone(&heard),
            };
            let (orders, here) = (orders.clone(), Rc::clone(&arrived));
            tasks.spawn_local(async move {
                let _over = person.be_there(orders, &here).await;
            });
            // Not all in one moment: that is the flood's part.
            if n % 20 == 19 {
                let came = grows_to(20, PATIENCE, || arrived.available_permits()).await;
                assert!(came, "they do not come in");
                arrived.forget_permits(20);
            }
        }
        let mut speaker = Wire::open(hub, address(1, people), false).await.unwrap();
        join(&mut speaker, room).await.unwrap();
        let readers = people - deaf;
        Self { _people: tasks, order, heard, speaker, room: room.to_owned(), readers, spoken: 0 }
    }

    /// From now on those who never read do not.
    pub fn some_stop_reading(&self) {
        self.order.send_replace(Order::StopReading);
    }

    /// Speaks so often for so long, and says how long it took. Time goes on for a message that is late:
    /// the next is said when it is due all the same.
    pub async fn speak(&mut self, every: Duration, span: Duration) -> Times {
        self.heard.replace(Heard::default());
        let (begun, mut due) = (Instant::now(), interval(every));
        self.spoken = 0;
        while begun.elapsed() < span {
            // Messages that come meanwhile are read, so that the speaker does not count as a slow client.
            tokio::select! {
                _ = due.tick() => self.say().await,
                packet = self.speaker.packet() => drop(packet.expect("the speaker is held")),
            }
        }
        let heard = || self.heard.borrow().took.len();
        // Messages that never come are counted.
        let _all = grows_to(self.spoken * self.readers, LATE, heard).await;
        self.times()
    }

    async fn say(&mut self) {
        let (room, n) = (&self.room, self.spoken);
        let text = format!(
            "[\"sendMessage\",{{\"roomId\":\"{room}\",\"content\":\"#{n:06} 모두 들리나요? one of the crowd\"}}]"
        );
        {
            let mut heard = self.heard.borrow_mut();
            heard.said.push(Instant::now());
            heard.last.push((0, Duration::ZERO));
        }
        self.spoken += 1;
        self.speaker.say(&format!("42/anonymous,{text}")).await.expect("the speaker is held");
    }

    fn times(&self) -> Times {
        let heard = std::mem::take(&mut *self.heard.borrow_mut());
        let expected = self.spoken * self.readers;
        let whole = heard.last.iter().filter(|(count, _)| *count == self.readers);
        Times {
            missing: expected.saturating_sub(heard.took.len()),
            lost: heard.lost,
            all: Percentiles::of(whole.map(|(_, took)| *took).collect()),
            one: Percentiles::of(heard.took),
        }
    }
}

/// How long nobody may get in before all newcomers give up: a flood is over well before. And after how long they try
/// again.
const UNTIL: Duration = Duration::from_secs(40);
const AGAIN: Duration = Duration::from_secs(1);

/// People who come while others flood: how long each took until they were in.
#[derive(Debug, Default)]
pub struct Newcomers {
    pub took: RefCell<Vec<Duration>>,
    /// When the last of them got in.
    moved: Cell<Option<Instant>>,
}

impl Newcomers {
    /// So many, one every so often, each with an address of their own; who is turned away tries again a
    /// second later, as the page does, until nobody has got in for [`UNTIL`].
    pub async fn come(self: Rc<Self>, hub: SocketAddr, room: String, many: usize, every: Duration) {
        let mut due = interval(every);
        let mut tasks = JoinSet::new();
        for n in 0..many {
            due.tick().await;
            let (newcomers, room) = (Rc::clone(&self), room.clone());
            tasks.spawn_local(async move {
                let begun = Instant::now();
                let goes_on = || {
                    newcomers.moved.get().max(Some(begun)).is_some_and(|at| at.elapsed() < UNTIL)
                };
                while goes_on() && newcomers.try_once(hub, n, &room, begun).await.is_err() {
                    tokio::time::sleep(AGAIN).await;
                }
            });
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn try_once(
        &self,
        hub: SocketAddr,
        n: usize,
        room: &str,
        begun: Instant,
    ) -> io::Result<()> {
        let mut wire = Wire::open(hub, address(42, n), false).await?;
        join(&mut wire, room).await?;
        self.took.borrow_mut().push(begun.elapsed());
        self.moved.set(Some(Instant::now()));
        Ok(())
    }
}

struct Person {
    hub: SocketAddr,
    address: Ipv4Addr,
    room: String,
    is_deaf: bool,
    heard: Rc<RefCell<Heard>>,
}

impl Person {
    async fn be_there(
        self,
        mut orders: watch::Receiver<Order>,
        arrived: &Semaphore,
    ) -> io::Result<()> {
        let mut wire = Wire::open(self.hub, self.address, self.is_deaf).await?;
        join(&mut wire, &self.room).await?;
        arrived.add_permits(1);
        loop {
            tokio::select! {
                packet = wire.packet() => match packet {
                    Ok(packet) => self.hear(packet),
                    Err(error) => {
                        self.heard.borrow_mut().lost += usize::from(!self.is_deaf);
                        return Err(error);
                    }
                },
                _ = orders.wait_for(|order| *order == Order::StopReading), if self.is_deaf => {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    fn hear(&self, packet: &[u8]) {
        let Some(n) = number(packet) else { return };
        if self.is_deaf {
            return;
        }
        let mut heard = self.heard.borrow_mut();
        let Some(took) = heard.said.get(n).map(Instant::elapsed) else { return };
        heard.took.push(took);
        heard.last[n].0 += 1;
        heard.last[n].1 = took;
    }
}

/// Comes into the room as somebody new.
pub async fn join(wire: &mut Wire, room: &str) -> io::Result<()> {
    wire.connect().await?;
    wire.say(&format!("42/anonymous,1[\"joinRoom\",{{\"roomId\":\"{room}\"}}]")).await?;
    loop {
        let packet = wire.packet().await?;
        if packet.starts_with(b"43/") {
            let is_in = packet.windows(14).any(|part| part == b"\"success\":true");
            return if is_in { Ok(()) } else { Err(io::Error::other("not let in")) };
        }
    }
}

/// The number of a message of the speaker's.
fn number(packet: &[u8]) -> Option<usize> {
    const BEFORE: &[u8] = b"\"content\":\"#";
    if !packet.starts_with(b"42/anonymous,[\"sendMessage\"") {
        return None;
    }
    let start = packet.windows(BEFORE.len()).position(|part| part == BEFORE)? + BEFORE.len();
    std::str::from_utf8(packet.get(start..start + 6)?).ok()?.parse().ok()
}

/// The address of the n-th of a kind: each has their own, as phones do.
pub fn address(kind: u8, n: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, kind, (n / 250) as u8, (n % 250) as u8 + 1)
}

/// Keeps `spawn_local` in one place: all of it runs in one thread.
pub fn alongside(task: impl Future<Output = ()> + 'static) {
    spawn_local(task);
}

#[tokio::test]
async fn a_count_that_grows_slowly_is_waited_for_and_one_that_stands_still_is_not() {
    const PATIENCE: Duration = Duration::from_millis(400);
    let begun = Instant::now();
    let steps = || (begun.elapsed().as_millis() / (PATIENCE.as_millis() / 2)) as usize;
    assert!(grows_to(8, PATIENCE, steps).await);
    assert!(!grows_to(8, PATIENCE, || 3).await);
}
