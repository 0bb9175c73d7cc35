//! What the database decides of names, as the functions in `migrations/postgres` do.

use super::database::Database;
use crate::domain::chatter::Chatter;
use crate::domain::ids::RoomId;
use crate::domain::message::Alert;
use crate::domain::refusal::Refusal;
use crate::store::{Change, HostRename, Rename, Written};

impl Database {
    pub(super) fn rename(&mut self, rename: &Rename) -> Result<Written, Refusal> {
        let id = rename.chatter;
        let (chatter, owner) = self.chatters.get(&id).cloned().ok_or(Refusal::NoSuchChatter)?;
        if rename.owner.is_some_and(|by| by != owner) {
            return Err(Refusal::NotYours);
        }
        if self.named.contains(&id) && !rename.may_held {
            return Err(Refusal::NameHeld);
        }
        let was = chatter.nickname.clone();
        let chatter = self.takes(Chatter { nickname: rename.nickname.clone(), ..chatter })?;
        let now = chatter.nickname.clone();
        let alert =
            rename.notice.map(|(room, _)| self.notice(room, id, Alert::Renamed { was, now }));
        Ok(Written::Renamed { chatter, alert })
    }

    pub(super) fn rename_by_host(&mut self, rename: &HostRename) -> Result<Written, Refusal> {
        let id = rename.chatter;
        let (chatter, _) = self.chatters.get(&id).cloned().ok_or(Refusal::NoSuchChatter)?;
        let was = chatter.nickname.clone();
        let chatter = self.takes(Chatter { nickname: rename.nickname.clone(), ..chatter })?;
        if rename.is_held {
            self.named.insert(id);
        } else {
            self.named.remove(&id);
        }
        let is_told = |room: &&RoomId| was != rename.nickname && self.rooms.contains_key(room);
        let told: Vec<RoomId> = rename.rooms.iter().filter(is_told).copied().collect();
        let renamed = Alert::Renamed { was, now: rename.nickname.clone() };
        let alerts = told.into_iter().map(|room| self.notice(room, id, renamed.clone())).collect();
        Ok(Written::RenamedByHost { chatter, alerts })
    }

    /// Somebody has this name from now on, in all rooms in which they are present.
    fn takes(&mut self, chatter: Chatter) -> Result<Chatter, Refusal> {
        let id = chatter.id;
        let present = self.people.iter().filter(|(_, present)| **present == id);
        let rooms: Vec<RoomId> = present.map(|((room, _), _)| *room).collect();
        if !rooms.iter().all(|room| self.is_free(*room, &chatter.nickname, id)) {
            return Err(Refusal::NameTaken);
        }
        self.names.retain(|_, chatter| *chatter != id);
        if let Some((known, _)) = self.chatters.get_mut(&id) {
            *known = chatter.clone();
        }
        rooms.iter().for_each(|room| self.take_name(*room, &chatter));
        self.log.push(Change::Renamed(chatter.clone()));
        Ok(chatter)
    }
}
