//! Checks that the data after a power cut keeps what was promised.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use colahub::domain::ids::HubId;
use colahub::store::{ContinuedFrom, FILE, Store, StoreOptions};
use rusqlite::{Connection, OptionalExtension, params};

use crate::doer::{OPTIONS, What};
use crate::kit::Hub;
use crate::life::Life;
use crate::sender::read_all;

/// What was found.
pub enum Verdict {
    Kept,
    /// Something that was acknowledged is not there, or is another.
    Lost(String),
    /// It cannot be opened, or is not in order.
    Broken(String),
}

/// The bit of a vote among those of the reactions.
const VOTE: i64 = 64;

/// A stored message: room, id, seq and content.
type Stored = (String, i64, i64, String);

/// Opens a data folder as the hub does and holds it against what was acknowledged until then.
pub fn judge(life: &Life, data: &Path, until: u64) -> Verdict {
    let store = match Store::<()>::open(data, HubId::from_random([7; 16]), StoreOptions::default())
    {
        Ok(store) => store,
        Err(error) => return Verdict::Broken(error.to_string()),
    };
    let loss = store.health.loss().cloned();
    store.writer.close();
    match loss {
        // The store has seen by itself that the end of its WAL is missing.
        Some(loss) if loss.continued_from == ContinuedFrom::SameDatabase => {
            return Verdict::Lost(loss.to_string());
        }
        Some(loss) => return Verdict::Broken(loss.to_string()),
        None => {}
    }
    let stored = match read(data) {
        Ok(stored) => stored,
        Err(error) => return Verdict::Broken(error),
    };
    if let Some(unknown) = in_order(life, &stored) {
        return Verdict::Broken(unknown);
    }
    match holds(life, data, &stored, until) {
        Verdict::Kept => {
            deeds(life, data, until).unwrap_or_else(|error| Verdict::Broken(error.to_string()))
        }
        other => other,
    }
}

/// What was done with messages is as it was acknowledged, and the counts of reactions are those of who has reacted.
fn deeds(life: &Life, data: &Path, until: u64) -> rusqlite::Result<Verdict> {
    let db = Connection::open(data.join(FILE))?;
    let doubled: i64 = db.query_row(
        "SELECT count(*) - count(DISTINCT content) FROM messages WHERE content LIKE 'doer-%' AND room = 1",
        [],
        |row| row.get(0),
    )?;
    if doubled > 0 {
        return Ok(Verdict::Broken(format!("{doubled} answers are there twice")));
    }
    let mut query = db.prepare(
        "SELECT m.content, m.taken_back, m.reply_to, m.reactions,
             (SELECT sum(x.chosen) FROM reactions x WHERE x.message = m.id),
             (SELECT count(*) FROM reports t WHERE t.message = m.id), coalesce(m.votes, 0)
         FROM messages m JOIN rooms r ON r.n = m.room WHERE lower(hex(r.id)) = ?1 AND m.seq = ?2",
    )?;
    let votes = votes(life, &db, until)?;
    if !matches!(votes, Verdict::Kept) {
        return Ok(votes);
    }
    for doer in &life.doers {
        let room = doer.room.id.replace('-', "");
        for done in doer.acked(until).filter(|done| !matches!(done.what, What::VotedPoll(_))) {
            let found = query.query_row(params![room, done.seq], |row| {
                let counts: Option<Vec<u8>> = row.get(3)?;
                let chosen: i64 = row.get::<_, Option<i64>>(4)?.unwrap_or(0);
                let counted = counts.unwrap_or_default();
                let is_one = |bit: &usize| counted.get(bit * 4) == Some(&1);
                // Nobody else reacts or votes.
                let reacted: i64 = (0..6).filter(is_one).map(|bit| 1 << bit).sum();
                let counted = reacted + VOTE * row.get::<_, i64>(6)?;
                let (content, is_gone): (String, bool) = (row.get(0)?, row.get(1)?);
                let (reply_to, reports): (Option<i64>, i64) = (row.get(2)?, row.get(5)?);
                Ok((content, is_gone, reply_to, (counted, chosen), reports))
            });
            let (content, is_gone, reply_to, (counted, chosen), reports) = match found.optional()? {
                Some(found) => found,
                None => return Ok(Verdict::Lost(format!("{done:?}: no message"))),
            };
            if counted != chosen {
                return Ok(Verdict::Broken(format!("{done:?}: {chosen} is counted as {counted}")));
            }
            let is_kept = match &done.what {
                What::Said { content: said, reply_to: to } => (said, to) == (&content, &reply_to),
                What::Reacted(emoji) => chosen & (1 << emoji) != 0,
                What::Voted => chosen & VOTE != 0,
                What::TakenBack => is_gone && content.is_empty() && chosen == 0,
                What::Reported => reports == 1,
                What::VotedPoll(_) => true,
            };
            let may_be_gone = done.what != What::Reported && doer.may_be_gone(done.seq);
            if !(is_kept || is_gone && may_be_gone) {
                return Ok(Verdict::Lost(format!("lost: {done:?}")));
            }
        }
    }
    Ok(Verdict::Kept)
}

/// What was acknowledged to whoever votes in a room's poll counts, or what they chose later, and counts once.
fn votes(life: &Life, db: &Connection, until: u64) -> rusqlite::Result<Verdict> {
    let mut query = db.prepare(
        "SELECT p.voters, p.counts, (SELECT count(*) FROM poll_votes v WHERE v.poll = p.id),
             (SELECT max(v.chosen) FROM poll_votes v WHERE v.poll = p.id)
         FROM polls p JOIN rooms r ON r.n = p.room WHERE lower(hex(r.id)) = ?1",
    )?;
    for doer in &life.doers {
        let Some(may) = doer.votes(until) else { continue };
        let found = query.query_row([doer.room.id.replace('-', "")], |row| {
            let counts = row.get::<_, Option<Vec<u8>>>(1)?.unwrap_or_default();
            let is_one = |place: &usize| counts.get(place * 4) == Some(&1);
            // Nobody else votes in it.
            let counted: i64 = (0..OPTIONS).filter(is_one).map(|place| 1 << place).sum();
            let (voters, votes): (i64, i64) = (row.get(0)?, row.get(2)?);
            let chosen = row.get::<_, Option<i64>>(3)?.unwrap_or(0);
            Ok(((voters, counted), (votes, chosen)))
        });
        let Some((counted, stored)) = found.optional()? else {
            return Ok(Verdict::Lost("the poll".into()));
        };
        if counted != stored {
            return Ok(Verdict::Broken(format!("{stored:?} votes are counted as {counted:?}")));
        }
        if !may.iter().any(|option| stored == (1, 1 << option)) {
            return Ok(Verdict::Lost(format!("lost: a vote of {may:?}, found {stored:?}")));
        }
    }
    Ok(Verdict::Kept)
}

fn read(data: &Path) -> Result<Vec<Stored>, String> {
    let failed = |error: rusqlite::Error| error.to_string();
    let db = Connection::open(data.join(FILE)).map_err(failed)?;
    let health: String =
        db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(failed)?;
    if health != "ok" {
        return Err(health);
    }
    let orphans: i64 = db
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .map_err(failed)?;
    if orphans > 0 {
        return Err(format!("{orphans} rows refer to nothing"));
    }
    let mut query = db
        .prepare(
            "SELECT lower(hex(r.id)), m.id, m.seq, m.content, m.kind
             FROM messages m JOIN rooms r ON r.n = m.room ORDER BY m.id",
        )
        .map_err(failed)?;
    let rows = query.query_map([], |row| {
        let is_said = row.get::<_, i64>(4)? == 0;
        // Notices are in other people's words; they count for their place.
        let content = if is_said { row.get(3)? } else { String::new() };
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, content))
    });
    rows.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// Places have no gaps, and each sender's messages are there from the first on, each once.
fn in_order(life: &Life, stored: &[Stored]) -> Option<String> {
    let (mut places, mut numbers) = (BTreeMap::new(), BTreeMap::new());
    for (room, _, seq, content) in stored {
        let place = places.entry(room).or_insert(0);
        *place += 1;
        if seq != place {
            return Some(format!("place {seq} of {room} follows {}", *place - 1));
        }
        let Some((name, number)) = content.rsplit_once(' ') else { continue };
        let next = numbers.entry(name).or_insert(0_u64);
        *next += 1;
        let said = life.senders.iter().find(|sender| sender.name == name).map_or(0, |s| s.said);
        if number.parse() != Ok(*next) || *next > said {
            return Some(format!("{content:?} follows {}", *next - 1));
        }
    }
    None
}

fn holds(life: &Life, data: &Path, stored: &[Stored], until: u64) -> Verdict {
    let by_id: HashMap<i64, &Stored> = stored.iter().map(|stored| (stored.1, stored)).collect();
    let mut is_promised = false;
    for sender in &life.senders {
        let room = sender.room.id.replace('-', "");
        for acked in sender.acked.iter().filter(|acked| acked.at < until) {
            is_promised = true;
            let expected = (room.clone(), acked.id, acked.seq, sender.content(acked.number));
            if by_id.get(&acked.id) != Some(&&expected) {
                return Verdict::Lost(format!("lost: {expected:?} of {}", sender.name));
            }
        }
    }
    // Without it nobody is who they were: what they send again would be there twice.
    let key = std::fs::read(data.join("identity.key")).ok();
    if is_promised && key != Some(life.read("identity.key")) {
        return Verdict::Lost("lost: the key that signs identities".into());
    }
    Verdict::Kept
}

/// The program itself serves everything that was acknowledged until then.
pub fn judge_over_http(life: &Life, hub: &Hub, until: u64) {
    assert_eq!(hub.get("/readyz", &[]).status, 200);
    for room in &life.rooms {
        let senders = life.senders.iter().filter(|sender| sender.room.id == room.id);
        let acked: Vec<_> = senders
            .flat_map(|sender| sender.acked.iter().map(move |acked| (sender, acked)))
            .filter(|(_, acked)| acked.at < until)
            .collect();
        if acked.is_empty() {
            continue;
        }
        let all = read_all(hub, room, &life.token, 0);
        for (sender, acked) in acked {
            let message = &all[usize::try_from(acked.seq - 1).unwrap()];
            assert_eq!(message["id"], acked.id);
            assert_eq!(message["content"], sender.content(acked.number));
        }
        let doers = life.doers.iter().filter(|doer| doer.room.id == room.id);
        doers.for_each(|doer| doer.holds(&all, until));
    }
}
