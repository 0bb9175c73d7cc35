//! Changing nicknames.

use std::time::Duration;

use super::command::{Answer, Caller, Reply, Responder};
use super::names::Claim;
use super::state::{Due, Hub, RenameSource, Then, unexpected};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, ConnId, IdentityId, RoomId};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::text::Nickname;
use crate::domain::time::HubTime;
use crate::store::{Deed, HostRename, Moment, Rename, Write, Written};

/// After this time a name that the hub chose to tell two people apart, and that could not be stored, is tried again.
const AGAIN: Duration = Duration::from_secs(5);

impl Hub {
    /// Decides a new nickname that a chatter asks for in a room. The room is told.
    pub(super) fn rename_here(
        &mut self,
        conn: ConnId,
        room: RoomId,
        nickname: Nickname,
        reply: Reply,
        at: Moment,
    ) {
        let claimed = self.speaker(conn, room, at.hub).and_then(|chatter| {
            // A name is read by everybody, as a message is.
            self.silenced(conn, at.hub).map_or(Ok(()), Err)?;
            let claim = self.claim(chatter, &nickname)?;
            self.renames.take(chatter, at.hub).map_err(Refusal::TooFast)?;
            Ok((chatter, claim))
        });
        match claimed {
            Ok((chatter, claim)) => {
                self.hold(&claim);
                let notice = Some((room, self.settings.language));
                let rename = Rename { chatter, owner: None, nickname, may_held: false, notice, at };
                self.write(
                    Write::Rename(rename),
                    Then::Renamed(RenameSource::Socket(reply), claim),
                );
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Decides a new nickname that is asked for over HTTP. The room is not told: Cola Chat's front end does
    /// that with an alert of its own.
    pub(super) fn rename_by_call(
        &mut self,
        caller: Caller,
        (chatter, owner): (ChatterId, IdentityId),
        nickname: Nickname,
        tell: Responder<Chatter>,
        at: Moment,
    ) {
        // Ownership is checked before the rate limit, so that a stranger's request does not count towards the owner's
        // limit.
        let is_theirs = match caller.identity {
            Some(identity) => identity == owner,
            None => self.rooms.keys().any(|room| self.holds(caller.peer, *room, chatter, at.hub)),
        };
        let allowed = if is_theirs { Ok(()) } else { Err(Refusal::NotYours) };
        let claimed = allowed.and_then(|()| {
            // A name is read by everybody, as a message is.
            self.muted_until(owner, at.hub)?;
            let claim = self.claim(chatter, &nickname)?;
            self.renames.take(chatter, at.hub).map_err(Refusal::TooFast)?;
            Ok(claim)
        });
        let claim = match claimed {
            Ok(claim) => claim,
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        self.hold(&claim);
        let owner = caller.identity;
        let rename = Rename { chatter, owner, nickname, may_held: false, notice: None, at };
        self.write(Write::Rename(rename), Then::Renamed(RenameSource::Call(tell), claim));
    }

    /// Goes on with a nickname that is committed or was refused.
    pub(super) fn renamed(
        &mut self,
        asker: RenameSource,
        claim: &Claim,
        result: Result<Written, Refusal>,
        now: HubTime,
    ) {
        self.release(claim);
        let result = match result {
            Ok(Written::Renamed { chatter, alert }) => {
                self.show_renamed(&chatter, alert, now);
                Ok(chatter)
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        match asker {
            RenameSource::Socket(reply) => self.reply(reply, result.map(Answer::Renamed)),
            RenameSource::Call(tell) => drop(tell.send(result)),
            RenameSource::Hub(room) if result.is_err() => {
                self.agenda.insert((now.after(AGAIN), Due::Name(room, claim.chatter)));
            }
            RenameSource::Hub(_) => {}
        }
    }

    /// Decides a nickname that the host gives somebody. The rooms where they are present are told.
    pub(super) fn rename_by_host(
        &mut self,
        chatter: &Chatter,
        (nickname, is_held): (Nickname, bool),
        tell: Responder<()>,
        at: Moment,
    ) {
        let claim = match self.claim(chatter.id, &nickname) {
            Ok(claim) => claim,
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        self.hold(&claim);
        let id = chatter.id;
        let free = if is_held { "" } else { ", which they may change" };
        let what = format!("{id} {:?} {:?}{free}", chatter.nickname.as_str(), nickname.as_str());
        let (rooms, language) = (self.rooms_of(id), self.settings.language);
        let rename = HostRename { chatter: id, nickname, rooms, language, is_held };
        self.host_does(Deed::Rename(rename), what, Then::RenamedByHost(claim, tell), at);
    }

    /// Goes on with a nickname of the host that is committed or was refused.
    pub(super) fn renamed_by_host(
        &mut self,
        claim: &Claim,
        tell: Responder<()>,
        result: Result<Written, Refusal>,
        now: HubTime,
    ) {
        self.release(claim);
        let result = match result {
            Ok(Written::RenamedByHost { chatter, alerts }) => {
                for alert in alerts {
                    self.broadcast_message(alert, now);
                }
                self.show_renamed(&chatter, None, now);
                self.former_names.forget(chatter.id);
                tracing::info!(chatter = %chatter.id, "the host gave somebody another name");
                Ok(())
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        drop(tell.send(result));
    }

    pub(super) fn show_renamed(&mut self, chatter: &Chatter, alert: Option<Message>, now: HubTime) {
        if let Some(alert) = alert {
            self.broadcast_message(alert, now);
        }
        let known = self.rooms.values().find_map(|live| live.people.get(chatter.id));
        if let Some(was) = known.map(|known| known.nickname.clone())
            && was != chatter.nickname
        {
            self.former_names.note(chatter.id, was, now);
        }
        let renamed = self.rooms.iter_mut();
        let rooms: Vec<RoomId> =
            renamed.filter_map(|(id, live)| live.people.rename(chatter).then_some(*id)).collect();
        for room in rooms {
            self.tell_roster(room, now);
        }
    }
}
