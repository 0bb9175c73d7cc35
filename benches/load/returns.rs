//! Measures what happens when an access point restarts: everybody loses the connection in one moment and comes back within ten
//! seconds, while others go on talking. Then everybody leaves at once.

use std::time::Duration;

use crate::guests::Guests;
use crate::server::{Kind, Server};
use crate::visit;

/// People who keep their connections and talk.
const TALKERS: usize = 10;

/// Messages a second of all talkers together.
const A_SECOND: f64 = 10.0;

/// One of five loses the connection before the others, and misses this many messages.
const MISSED: usize = 50;

/// The time over which the first tries to reconnect are spread.
const WITHIN: Duration = Duration::from_secs(10);

/// The measurement fails if somebody is not back by then.
const LATEST: Duration = Duration::from_secs(120);

/// The figures of one return and one leaving.
pub struct Returns {
    pub kind: Kind,
    /// People who lost their connection.
    pub people: usize,
    /// Seconds from the first try until all were in, with everything that they had missed.
    pub back: f64,
    /// Tries that the server refused for the time being.
    pub refused: usize,
    /// Acknowledgements of those who went on talking: 99 of 100, and the longest, in ms.
    pub acks: (f64, f64),
    /// Bytes sent to everybody until all were back.
    pub bytes: u64,
    /// The server's processor time for each return, in µs.
    pub cpu: f64,
    /// The growth of the server's resident memory over the return, once everything is quiet, in bytes.
    pub memory: f64,
    /// The server's processor time for each who left, in µs.
    pub leaving: f64,
}

/// Lets them come, lose their connections, return and leave.
///
/// # Panics
///
/// If somebody does not come back, or if anything is lost, doubled or out of order. Only the hub keeps what was said: at the other
/// servers those who return are new people, who miss what they missed.
pub fn measure(kind: Kind, people: usize) -> Returns {
    let server = Server::start(kind);
    let room = server.rooms(1).remove(0);
    let mut guests = Guests::new(server.address, &room, TALKERS + people, kind == Kind::Hub);
    guests.come();
    guests.settle(visit::quiet(kind), WITHIN);
    let before = server.memory();

    let (early, others): (Vec<usize>, Vec<usize>) =
        (TALKERS..TALKERS + people).partition(|number| number % 5 == 0);
    guests.lose(early.iter().copied());
    guests.talk(TALKERS, 5.0 * A_SECOND);
    guests.go_on(Duration::from_secs_f64(MISSED as f64 / (5.0 * A_SECOND)));
    guests.talk(TALKERS, A_SECOND);
    guests.lose(others.iter().copied());
    guests.count_again();
    let cpu = server.cpu();
    let all: Vec<usize> = (TALKERS..TALKERS + people).collect();
    guests.return_within(&all, WITHIN);
    let back = guests.all_back(LATEST).expect("all come back");
    let (acks, bytes, refused) =
        (guests.tally.acks.clone(), guests.tally.bytes, guests.tally.refused);
    guests.be_quiet();
    guests.settle(visit::quiet(kind), 2 * WITHIN);
    let cpu = server.cpu() - cpu;
    assert_eq!(
        (guests.tally.disordered, guests.behind()),
        (0, 0),
        "messages out of order, and people without the newest"
    );
    let memory = server.memory().rss - before.rss;

    let leaving = server.cpu();
    guests.leave(all.iter().copied());
    guests.settle(visit::quiet(kind), 2 * WITHIN);
    let leaving = server.cpu() - leaving;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / people as f64;
    let returns = Returns {
        kind,
        people,
        back: back.as_secs_f64(),
        refused,
        acks: (acks.at(0.99), acks.at(1.0)),
        bytes,
        cpu: each(cpu),
        memory,
        leaving: each(leaving),
    };
    println!(
        "{:>16} {people:>5} back after {:.1} s ({refused} refused), others' acks {:.0} ms, {:.0} ms at most, {:.1} MB in all, \
         {:.0} µs each, {:+.1} MB held; {:.0} µs each to leave",
        kind.name(),
        returns.back,
        returns.acks.0,
        returns.acks.1,
        bytes as f64 / 1e6,
        returns.cpu,
        memory / 1e6,
        returns.leaving,
    );
    returns
}
