//! What the database decides of the host's words, as the functions in `migrations/postgres` do.

use super::database::Database;
use crate::domain::announcement::{ANNOUNCEMENTS_MAX, Announcement};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{AnnouncementId, IdentityId, RoomId, host_chatter};
use crate::domain::message::{Alert, Kind};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::room::wall::WallEdit;
use crate::domain::text::Nickname;
use crate::store::{Change, HostSay, Written};

impl Database {
    pub(super) fn host_says(
        &mut self,
        HostSay { room, host, content, key }: &HostSay,
    ) -> Result<Written, Refusal> {
        let key = key.as_ref().map(|key| key.as_str().to_owned());
        if let Some(message) = self.said_before(host_chatter(), key.as_ref()) {
            return Ok(Written::Said { message, repeated: true });
        }
        self.rooms.get(room).ok_or(Refusal::NoSuchRoom)?.open_at(self.now)?;
        self.enter_host(host);
        let content = (content.to_string(), None);
        let message = self.append((*room, host_chatter()), Kind::Said, content, key);
        Ok(Written::Said { message, repeated: false })
    }

    pub(super) fn announce(
        &mut self,
        announcement: &Announcement,
        host: &Nickname,
    ) -> Result<Written, Refusal> {
        if let Some(room) = announcement.room {
            self.rooms.get(&room).ok_or(Refusal::NoSuchRoom)?.open_at(self.now)?;
        }
        self.announcements = self.announced();
        if self.announcements.len() >= ANNOUNCEMENTS_MAX {
            return Err(Refusal::Host(HostRefusal::TooManyAnnouncements));
        }
        self.announcements.push(announcement.clone());
        self.log.push(Change::Announced(announcement.clone()));
        self.enter_host(host);
        let living = self.rooms.values().filter(|room| !room.is_expired(self.now));
        let concerned = living.map(|room| room.id).filter(|room| announcement.concerns(*room));
        let mut notices = Vec::new();
        for room in concerned.collect::<Vec<_>>() {
            let (kind, text) = (Kind::Alert(Alert::Announcement), announcement.text.to_string());
            notices.push(self.append((room, host_chatter()), kind, (text, None), None));
        }
        Ok(Written::Announced(notices))
    }

    pub(super) fn announce_once(
        &mut self,
        announcement: &Announcement,
        host: &Nickname,
    ) -> Result<Written, Refusal> {
        let Announcement { room, text, .. } = announcement;
        let is_same = |known: &Announcement| known.room == *room && known.text == *text;
        if self.announcements.iter().any(|known| is_same(known) && !known.is_over(self.now)) {
            return Err(Refusal::Host(HostRefusal::AlreadyThere));
        }
        self.announce(announcement, host)
    }

    pub(super) fn take_down(&mut self, id: AnnouncementId) -> Result<Written, Refusal> {
        let place = self.announcements.iter().position(|known| known.id == id);
        let place = place.ok_or(Refusal::Host(HostRefusal::NoSuchAnnouncement))?;
        self.announcements.remove(place);
        self.log.push(Change::AnnouncementGone(id));
        Ok(Written::Done)
    }

    /// The announcements that are shown.
    pub(super) fn announced(&self) -> Vec<Announcement> {
        let lives = |room: RoomId| self.rooms.get(&room).is_some_and(|r| !r.is_expired(self.now));
        let is_shown = |a: &&Announcement| !a.is_over(self.now) && a.room.is_none_or(lives);
        self.announcements.iter().filter(is_shown).cloned().collect()
    }

    pub(super) fn set_wall(&mut self, room: RoomId, edit: &WallEdit) -> Result<Written, Refusal> {
        self.rooms.get(&room).ok_or(Refusal::NoSuchRoom)?.open_at(self.now)?;
        let stored = self.walls.entry(room).or_default();
        *stored = edit.of(*stored);
        let wall = *stored;
        self.log.push(Change::WallSet { room, wall });
        Ok(Written::WallSet(wall))
    }

    pub(super) fn enter_host(&mut self, name: &Nickname) {
        let (id, created_at) = (host_chatter(), self.wall());
        let chatter = Chatter { id, nickname: name.clone(), created_at, left_at: None };
        let owner = IdentityId::from_bytes(*id.as_bytes());
        self.chatters.entry(id).or_insert((chatter, owner));
    }
}
