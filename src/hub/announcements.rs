//! What the host says: messages in a room under a name that nobody else can have, and announcements.

use std::collections::BTreeSet;
use std::time::Duration;

use super::command::{AnnouncementView, Responder, RoomEvent};
use super::rooms::named;
use super::state::{Due, Hub, Then, unexpected};
use crate::domain::announcement::{ANNOUNCEMENTS_MAX, Announcement};
use crate::domain::ids::{AnnouncementId, ConnId, RoomId};
use crate::domain::message::Message;
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::text::{Content, Key};
use crate::domain::time::HubTime;
use crate::domain::words;
use crate::store::{Deed, HostSay, Moment, Written};

impl Hub {
    /// Decides a message of the host.
    pub(super) fn host_says(
        &mut self,
        room: RoomId,
        (content, key): (Content, Option<Key>),
        tell: Responder<Message>,
        at: Moment,
    ) {
        match self.live(room) {
            Ok(live) => {
                let what = named(&live.room);
                let host = words::host_name(self.settings.language);
                let deed = Deed::Say(HostSay { room, host, content, key });
                self.host_does(deed, what, Then::HostSaid(tell), at);
            }
            Err(refusal) => drop(tell.send(Err(refusal))),
        }
    }

    /// Goes on with a message of the host that is committed or was refused.
    pub(super) fn host_said(
        &mut self,
        tell: Responder<Message>,
        result: Result<Written, Refusal>,
        now: HubTime,
    ) {
        let said = match result {
            Ok(Written::Said { message, repeated }) => {
                if !repeated {
                    self.broadcast_message(message.clone(), now);
                }
                Ok(message)
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        drop(tell.send(said));
    }

    /// Decides an announcement.
    pub(super) fn announce(
        &mut self,
        (room, text, minutes): (Option<RoomId>, Content, Option<u64>),
        is_once: bool,
        tell: Responder<AnnouncementId>,
        at: Moment,
    ) {
        if let Some(Err(refusal)) = room.map(|room| self.live(room)) {
            return drop(tell.send(Err(refusal)));
        }
        if self.announcements.len() >= ANNOUNCEMENTS_MAX {
            return drop(tell.send(Err(Refusal::Host(HostRefusal::TooManyAnnouncements))));
        }
        let span = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let announcement = Announcement {
            id: AnnouncementId::from_random((self.random)()),
            room,
            text,
            made_at: at.wall,
            until: minutes.map(|minutes| at.hub.after(span(minutes))),
        };
        let what = self.announcement_in_words(&announcement);
        let host = words::host_name(self.settings.language);
        let then = Then::Announced(announcement.clone(), tell);
        let deed = match is_once {
            true => Deed::AnnounceOnce(announcement, host),
            false => Deed::Announce(announcement, host),
        };
        self.host_does(deed, what, then, at);
    }

    /// Goes on with an announcement that is committed or was refused.
    pub(super) fn has_announced(
        &mut self,
        announcement: Announcement,
        tell: Responder<AnnouncementId>,
        result: Result<Written, Refusal>,
        at: Moment,
    ) {
        let notices = match result {
            Ok(Written::Announced(notices)) => notices,
            Ok(other) => return drop(tell.send(Err(unexpected(&other)))),
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let id = announcement.id;
        tracing::info!(announcement = %id, rooms = notices.len(), "the host announced something");
        self.show_announcement(announcement.clone());
        self.tell_announcement(announcement, at);
        for notice in notices {
            self.broadcast_message(notice, at.hub);
        }
        drop(tell.send(Ok(id)));
    }

    /// Takes an announcement down.
    pub(super) fn take_down(&mut self, id: AnnouncementId, tell: Responder<()>, at: Moment) {
        let Some(known) = self.announcements.iter().find(|known| known.id == id) else {
            let none = Refusal::Host(HostRefusal::NoSuchAnnouncement);
            return drop(tell.send(Err(none)));
        };
        let what = self.announcement_in_words(known);
        self.host_does(Deed::TakeDown(id), what, Then::TakenDown(id, tell), at);
    }

    /// An announcement in the host's log: its id, and where it is shown.
    fn announcement_in_words(&self, announcement: &Announcement) -> String {
        let room = announcement.room.map(|room| match self.live(room) {
            Ok(live) => named(&live.room),
            Err(_) => room.to_string(),
        });
        format!("{} {}", announcement.id, room.as_deref().unwrap_or("all rooms"))
    }

    /// Goes on with an announcement that is taken down, or was not.
    pub(super) fn taken_down(
        &mut self,
        id: AnnouncementId,
        tell: Responder<()>,
        result: Result<(), Refusal>,
    ) {
        if result.is_ok() {
            self.hide_announcement(id);
        }
        drop(tell.send(result));
    }

    /// Shows an announcement to those who join from now on.
    pub(super) fn show_announcement(&mut self, announcement: Announcement) {
        // Its room may have ended since it was committed.
        if announcement.room.is_some_and(|room| !self.rooms.contains_key(&room)) {
            return;
        }
        if let Some(until) = announcement.until {
            self.agenda.insert((until, Due::Announcement(announcement.id)));
        }
        if self.announcements.iter().all(|known| known.id != announcement.id) {
            // In the store's order, in which they are after a restart and on other hubs.
            let order = |one: &Announcement| (one.made_at, one.id);
            let place = self.announcements.partition_point(|one| order(one) < order(&announcement));
            self.announcements.insert(place, announcement);
        }
    }

    /// Tells the people who are in the rooms that an announcement concerns.
    pub(super) fn tell_announcement(&mut self, announcement: Announcement, at: Moment) {
        let to = self.listeners(announcement.room);
        self.broadcast(to.into(), RoomEvent::Announcement(view(announcement, at)));
    }

    /// Ends an announcement, if its time has passed.
    pub(super) fn announcement_over(&mut self, id: AnnouncementId, now: HubTime) {
        let known = self.announcements.iter().find(|known| known.id == id);
        if known.is_some_and(|known| known.is_over(now)) {
            self.hide_announcement(id);
        }
    }

    /// Shows an announcement no more.
    pub(super) fn hide_announcement(&mut self, id: AnnouncementId) {
        if let Some(place) = self.announcements.iter().position(|known| known.id == id) {
            let gone = self.announcements.remove(place);
            let to = self.listeners(gone.room);
            self.broadcast(to.into(), RoomEvent::AnnouncementGone(id));
        }
    }

    /// The announcements that people in a room see.
    pub(super) fn announced_in(&self, room: RoomId, at: Moment) -> Vec<AnnouncementView> {
        let here = self.announcements.iter().filter(|one| one.concerns(room));
        here.map(|one| view(one.clone(), at)).collect()
    }

    /// All announcements that are shown, the oldest first.
    pub(super) fn announcements(&self, at: Moment) -> Vec<AnnouncementView> {
        self.announcements.iter().map(|one| view(one.clone(), at)).collect()
    }

    /// Forgets what was announced in a room that has ended.
    pub(super) fn forget_announcements(&mut self, room: RoomId) {
        self.announcements.retain(|one| one.room != Some(room));
    }

    /// The connections that are in this room, or in any: each once, however many rooms it is in.
    pub(super) fn listeners(&mut self, room: Option<RoomId>) -> Vec<ConnId> {
        let rooms = self.rooms.iter_mut().filter(|(id, _)| room.is_none_or(|room| room == **id));
        let to: BTreeSet<ConnId> =
            rooms.flat_map(|(_, live)| live.people.audience().to_vec()).collect();
        to.into_iter().collect()
    }
}

/// An announcement as it is now.
fn view(announcement: Announcement, at: Moment) -> AnnouncementView {
    let until = announcement.until.map(|until| at.wall_at(until));
    AnnouncementView { announcement, until }
}
