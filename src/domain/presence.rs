//! Presence in a room: a state machine without clock or sockets.
//!
//! A chatter is present through any number of connections. When the last one is closed, they have a grace of one
//! second (set by the wire contract) to return. During it they count as present and no notice is sent, so that
//! reloading the page is silent.
//!
//! If several hubs share a store, a chatter may also be present through other hubs. They count, but only the hub that
//! they are connected to sends them anything.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::chatter::Chatter;
use super::ids::{ChatterId, ConnId, IdentityId, RunId};
use super::names::look::Look;
use super::names::taken::Taken;
use super::time::HubTime;

/// How long a chatter may have no connection before they leave the room.
pub const GRACE: Duration = Duration::from_secs(1);

/// The people in one room, in the order in which they joined.
#[derive(Debug, Default)]
pub struct Presence {
    people: HashMap<ChatterId, Person>,
    owners: HashMap<IdentityId, ChatterId>,
    /// Their names, and names that are being committed for them.
    pub names: Taken,
    /// A counter of arrivals, which gives the roster its order.
    arrivals: u64,
    /// All connections, shared with the broadcasts that are being sent; `None` after a change, until it is built again.
    audience: Option<Arc<[ConnId]>>,
}

#[derive(Debug)]
struct Person {
    chatter: Chatter,
    look: Look,
    owner: IdentityId,
    conns: Vec<ConnId>,
    /// The runs of other hubs through which the person is present.
    elsewhere: Vec<RunId>,
    arrival: u64,
    /// When their grace ends, if they have no connection.
    grace: Option<HubTime>,
}

impl Presence {
    /// How many people are present, including those in their grace.
    #[must_use]
    pub fn count(&self) -> usize {
        self.people.len()
    }

    /// How many people have connections for which `is_meant` is true.
    pub fn count_by(&self, is_meant: impl Fn(&[ConnId]) -> bool) -> usize {
        self.people.values().filter(|person| is_meant(&person.conns)).count()
    }

    /// The chatter as whom this identity is present.
    #[must_use]
    pub fn chatter_of(&self, owner: IdentityId) -> Option<&Chatter> {
        self.get(*self.owners.get(&owner)?)
    }

    /// A chatter who is present.
    #[must_use]
    pub fn get(&self, chatter: ChatterId) -> Option<&Chatter> {
        self.people.get(&chatter).map(|person| &person.chatter)
    }

    /// The identity that a present chatter belongs to.
    #[must_use]
    pub fn owner_of(&self, chatter: ChatterId) -> Option<IdentityId> {
        self.people.get(&chatter).map(|person| person.owner)
    }

    /// A chatter's connections; empty while they are in their grace.
    #[must_use]
    pub fn conns_of(&self, chatter: ChatterId) -> &[ConnId] {
        self.people.get(&chatter).map_or(&[], |person| &person.conns)
    }

    /// Whether a chatter is present through this hub, by a connection or in their grace.
    #[must_use]
    pub fn is_through_here(&self, chatter: ChatterId) -> bool {
        let is_here = |person: &Person| !person.conns.is_empty() || person.grace.is_some();
        self.people.get(&chatter).is_some_and(is_here)
    }

    /// Whether nobody else has a name that looks like this chatter's.
    #[must_use]
    pub fn has_own_name(&self, chatter: &Chatter) -> bool {
        let person = self.people.get(&chatter.id);
        match person.filter(|person| person.chatter.nickname == chatter.nickname) {
            Some(person) => self.names.is_free_for(&person.look, chatter.id),
            None => self.names.is_free_for(&Look::of(&chatter.nickname), chatter.id),
        }
    }

    /// Adds a chatter who joins, or returns, through a connection. Without `look`, the look of their name is computed.
    pub fn enter(&mut self, chatter: Chatter, look: Option<Look>, owner: IdentityId, conn: ConnId) {
        let person = self.person(chatter, look, owner);
        person.grace = None;
        if !person.conns.contains(&conn) {
            person.conns.push(conn);
        }
        self.audience = None;
    }

    /// Adds a chatter who is present through another hub. Returns whether they were not present before.
    pub fn enter_elsewhere(&mut self, chatter: Chatter, owner: IdentityId, run: RunId) -> bool {
        let is_new = !self.people.contains_key(&chatter.id);
        let person = self.person(chatter, None, owner);
        if !person.elsewhere.contains(&run) {
            person.elsewhere.push(run);
        }
        is_new
    }

    /// Removes a chatter's presence through another hub. Returns whether they are not present any more.
    pub fn leave_elsewhere(&mut self, chatter: ChatterId, run: RunId) -> bool {
        let Some(person) = self.people.get_mut(&chatter) else {
            return false;
        };
        person.elsewhere.retain(|one| *one != run);
        let is_gone =
            person.elsewhere.is_empty() && person.conns.is_empty() && person.grace.is_none();
        is_gone && self.remove(chatter).is_some()
    }

    /// Whether anybody is present through another hub.
    #[must_use]
    pub fn any_elsewhere(&self) -> bool {
        self.people.values().any(|person| !person.elsewhere.is_empty())
    }

    /// The entry of a chatter, added if they are not present. It takes the given name, since the store may know a
    /// newer one.
    fn person(&mut self, chatter: Chatter, look: Option<Look>, owner: IdentityId) -> &mut Person {
        if self.get(chatter.id).is_some_and(|known| known.nickname != chatter.nickname) {
            self.rename(&chatter);
        }
        let arrival = self.arrivals;
        self.arrivals += 1;
        self.owners.insert(owner, chatter.id);
        let names = &mut self.names;
        self.people.entry(chatter.id).or_insert_with(|| {
            let look = look.unwrap_or_else(|| Look::of(&chatter.nickname));
            names.hold(&look, chatter.id);
            let (conns, elsewhere) = (Vec::with_capacity(1), Vec::new());
            Person { chatter, look, owner, conns, elsewhere, arrival, grace: None }
        })
    }

    /// Gives a chatter without a connection a grace until this time: they were here when the hub last ran, or their
    /// leave could not be stored.
    pub fn expect(&mut self, chatter: Chatter, owner: IdentityId, until: HubTime) {
        self.person(chatter, None, owner).grace = Some(until);
    }

    /// Removes a connection. If it was the chatter's last one, their grace begins; returns when it ends.
    pub fn drop_conn(&mut self, chatter: ChatterId, conn: ConnId, now: HubTime) -> Option<HubTime> {
        let person = self.people.get_mut(&chatter)?;
        person.conns.retain(|c| *c != conn);
        self.audience = None;
        if !person.conns.is_empty() || person.grace.is_some() {
            return None;
        }
        person.grace = Some(now.after(GRACE));
        person.grace
    }

    /// Removes a chatter whose grace is over by `now`; `None` if they came back. A chatter who is present through
    /// another hub stays in the room, and only leaves this hub.
    pub fn expire(&mut self, chatter: ChatterId, now: HubTime) -> Option<Chatter> {
        let person = self.people.get_mut(&chatter)?;
        if person.grace.is_none_or(|until| until > now) {
            return None;
        }
        if !person.elsewhere.is_empty() {
            person.grace = None;
            return Some(person.chatter.clone());
        }
        let person = self.people.remove(&chatter)?;
        self.owners.remove(&person.owner);
        self.names.release(&person.look, chatter);
        Some(person.chatter)
    }

    /// Removes a chatter, connected or not. Returns the chatter and their connections; `None` if they were not present.
    pub fn remove(&mut self, chatter: ChatterId) -> Option<(Chatter, Vec<ConnId>)> {
        let person = self.people.remove(&chatter)?;
        self.owners.remove(&person.owner);
        self.names.release(&person.look, chatter);
        self.audience = None;
        Some((person.chatter, person.conns))
    }

    /// Changes a chatter's name. Returns whether they are present.
    pub fn rename(&mut self, renamed: &Chatter) -> bool {
        let Some(person) = self.people.get_mut(&renamed.id) else {
            return false;
        };
        self.names.release(&person.look, renamed.id);
        person.look = Look::of(&renamed.nickname);
        self.names.hold(&person.look, renamed.id);
        person.chatter = renamed.clone();
        true
    }

    /// The people who are present, in the order in which they joined: from `skip` on, at most `most`.
    #[must_use]
    pub fn roster(&self, skip: usize, most: usize) -> Vec<Chatter> {
        let mut people: Vec<&Person> = self.people.values().collect();
        people.sort_unstable_by_key(|person| person.arrival);
        people.into_iter().skip(skip).take(most).map(|p| p.chatter.clone()).collect()
    }

    /// All connections, for a broadcast.
    pub fn audience(&mut self) -> Arc<[ConnId]> {
        let people = &self.people;
        let all = || people.values().flat_map(|person| person.conns.iter().copied()).collect();
        Arc::clone(self.audience.get_or_insert_with(all))
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::Nickname;
    use super::super::time::WallTime;
    use super::*;
    use proptest::prelude::*;

    fn chatter(n: u8) -> Chatter {
        Chatter {
            id: ChatterId::from_random([n; 16]),
            nickname: Nickname::parse(&format!("n{n}")).unwrap(),
            created_at: WallTime(0),
            left_at: None,
        }
    }

    fn owner(n: u8) -> IdentityId {
        IdentityId::from_random([n; 16])
    }

    #[test]
    fn a_return_within_the_grace_is_silent() {
        let mut room = Presence::default();
        let ann = chatter(1);
        room.enter(ann.clone(), None, owner(1), ConnId(1));
        let until = room.drop_conn(ann.id, ConnId(1), HubTime(0)).unwrap();
        assert_eq!(until, HubTime(1_000));
        assert_eq!(room.count(), 1, "still present in their grace");
        room.enter(ann.clone(), None, owner(1), ConnId(2));
        assert_eq!(room.expire(ann.id, until), None);
        assert_eq!(room.conns_of(ann.id), [ConnId(2)]);
    }

    #[test]
    fn a_chatter_leaves_with_their_last_connection_only() {
        let mut room = Presence::default();
        let ann = chatter(1);
        room.enter(ann.clone(), None, owner(1), ConnId(1));
        room.enter(ann.clone(), None, owner(1), ConnId(2));
        assert_eq!(room.drop_conn(ann.id, ConnId(1), HubTime(0)), None);
        let until = room.drop_conn(ann.id, ConnId(2), HubTime(5)).unwrap();
        assert_eq!(room.expire(ann.id, HubTime(until.0 - 1)), None);
        assert_eq!(room.expire(ann.id, until), Some(ann.clone()));
        assert_eq!(room.chatter_of(owner(1)), None);
    }

    #[test]
    fn the_roster_is_in_order_of_arrival() {
        let mut room = Presence::default();
        for n in [3, 1, 2] {
            room.enter(chatter(n), None, owner(n), ConnId(n.into()));
        }
        let names: Vec<_> = room.roster(1, 5).iter().map(|c| c.nickname.to_string()).collect();
        assert_eq!(names, ["n1", "n2"]);
    }

    #[test]
    fn a_chatter_on_another_hub_counts_and_is_sent_nothing() {
        let mut room = Presence::default();
        let (ann, other) = (chatter(1), RunId(7));
        assert!(room.enter_elsewhere(ann.clone(), owner(1), other));
        assert_eq!((room.count(), room.audience().len()), (1, 0));
        assert_eq!(room.chatter_of(owner(1)), Some(&ann));
        room.enter(ann.clone(), None, owner(1), ConnId(1));
        assert!(!room.enter_elsewhere(ann.clone(), owner(1), RunId(8)), "they are here already");
        assert!(!room.leave_elsewhere(ann.id, other));
        assert!(!room.leave_elsewhere(ann.id, RunId(8)), "they are here still");
        assert_eq!(room.conns_of(ann.id), [ConnId(1)]);
    }

    #[test]
    fn a_chatter_who_moves_to_another_hub_stays_in_the_room() {
        let mut room = Presence::default();
        let ann = chatter(1);
        room.enter(ann.clone(), None, owner(1), ConnId(1));
        let until = room.drop_conn(ann.id, ConnId(1), HubTime(0)).unwrap();
        room.enter_elsewhere(ann.clone(), owner(1), RunId(7));
        assert_eq!(room.expire(ann.id, until), Some(ann.clone()), "this hub's part is over");
        assert_eq!(room.expire(ann.id, until), None, "once");
        assert_eq!(room.count(), 1);
        assert!(room.leave_elsewhere(ann.id, RunId(7)), "now they are gone");
        assert_eq!(room.count(), 0);
        assert!(room.names.is_empty());
    }

    #[test]
    fn a_chatter_who_leaves_another_hub_keeps_the_grace_here() {
        let mut room = Presence::default();
        let ann = chatter(1);
        room.enter(ann.clone(), None, owner(1), ConnId(1));
        room.enter_elsewhere(ann.clone(), owner(1), RunId(7));
        let until = room.drop_conn(ann.id, ConnId(1), HubTime(0)).unwrap();
        assert!(!room.leave_elsewhere(ann.id, RunId(7)));
        assert_eq!(room.expire(ann.id, until), Some(ann.clone()));
        assert_eq!(room.count(), 0);
    }

    /// The model of one chatter: connections, other hubs, and grace.
    #[derive(Debug, Default, Clone)]
    struct Model {
        conns: Vec<ConnId>,
        grace: Option<HubTime>,
        elsewhere: Vec<RunId>,
    }

    impl Model {
        fn is_here(&self) -> bool {
            !self.conns.is_empty() || self.grace.is_some()
        }

        fn is_present(&self) -> bool {
            self.is_here() || !self.elsewhere.is_empty()
        }
    }

    proptest! {
        /// For any sequence of joins and leaves, on this hub and others: the audience is exactly the connections that
        /// entered and were not dropped; exactly the chatters with a connection, a grace or another hub are present;
        /// and their names are held exactly as long.
        #[test]
        fn the_present_are_those_with_a_connection_a_grace_or_another_hub(
            steps in prop::collection::vec((0u8..7, 1u8..4, 0u64..6), 0..80)
        ) {
            let mut room = Presence::default();
            let mut models = vec![Model::default(); 4];
            for (now, (step, n, which)) in steps.into_iter().enumerate() {
                let now = HubTime(now as u64 * 400);
                let (conn, run) = (ConnId(which * 4 + u64::from(n)), RunId(i64::from(which % 2 == 0)));
                let (id, model) = (chatter(n).id, &mut models[usize::from(n)]);
                match step {
                    0 => {
                        room.enter(chatter(n), None, owner(n), conn);
                        if !model.conns.contains(&conn) { model.conns.push(conn); }
                        model.grace = None;
                    }
                    1 => {
                        let was_present = model.is_present();
                        let until = room.drop_conn(id, conn, now);
                        model.conns.retain(|one| *one != conn);
                        if was_present && !model.is_here() {
                            model.grace = Some(now.after(GRACE));
                            prop_assert_eq!(until, model.grace);
                        }
                    }
                    2 => {
                        let is_over = model.grace.is_some_and(|until| until <= now);
                        prop_assert_eq!(room.expire(id, now).is_some(), is_over);
                        if is_over { model.grace = None; }
                    }
                    3 => {
                        let is_new = !model.is_present();
                        prop_assert_eq!(room.enter_elsewhere(chatter(n), owner(n), run), is_new);
                        if !model.elsewhere.contains(&run) { model.elsewhere.push(run); }
                    }
                    4 => {
                        let was_present = model.is_present();
                        model.elsewhere.retain(|one| *one != run);
                        let is_gone = was_present && !model.is_present();
                        prop_assert_eq!(room.leave_elsewhere(id, run), is_gone);
                    }
                    5 => {
                        prop_assert_eq!(room.remove(id).is_some(), model.is_present());
                        *model = Model::default();
                    }
                    _ if !model.is_here() => {
                        model.grace = Some(now.after(GRACE));
                        room.expect(chatter(n), owner(n), now.after(GRACE));
                    }
                    _ => {}
                }
                let mut heard = room.audience().to_vec();
                heard.sort();
                let mut expected: Vec<_> = models.iter().flat_map(|model| model.conns.clone()).collect();
                expected.sort();
                prop_assert_eq!(heard, expected);
                for n in 1..4 {
                    let (id, model) = (chatter(n).id, &models[usize::from(n)]);
                    prop_assert_eq!(room.get(id).is_some(), model.is_present());
                    prop_assert_eq!(room.chatter_of(owner(n)).is_some(), model.is_present());
                    prop_assert_eq!(room.is_through_here(id), model.is_here());
                    prop_assert_eq!(room.conns_of(id), &model.conns);
                }
                prop_assert_eq!(room.count(), models.iter().filter(|model| model.is_present()).count());
                prop_assert_eq!(room.names.is_empty(), room.count() == 0);
                prop_assert_eq!(room.any_elsewhere(), models.iter().any(|model| !model.elsewhere.is_empty()));
            }
        }
    }
}
