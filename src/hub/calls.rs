//! Decides calls, which need no connection: those over HTTP and those of hosts.

use super::command::{Call, NewRoom};
use super::state::{Hub, Then};
use crate::store::{Moment, Write};

impl Hub {
    /// Decides a call.
    pub(super) fn call(&mut self, call: Call, at: Moment) {
        // A caller that has gone away is normal: its answer is dropped.
        match call {
            Call::Rooms(tell) => drop(tell.send(Ok(self.list(at)))),
            Call::Room(room, tell) => drop(tell.send(self.live_view(room, at))),
            Call::ByCode(code, tell) => drop(tell.send(self.view_by_code(code, at))),
            Call::Create(room, tell) => self.create(room, tell, at),
            Call::Check { caller, room, password, tell } => {
                self.check(caller, room, password, tell, at.hub);
            }
            Call::IsPresent(room, chatter, tell) => {
                drop(tell.send(Ok(self.is_present(room, chatter))));
            }
            Call::Holds { peer, room, chatter, tell } => {
                drop(tell.send(Ok(self.holds(peer, room, chatter, at.hub))));
            }
            Call::Rename { caller, chatter, owner, nickname, tell } => {
                self.rename_by_call(caller, (chatter, owner), nickname, tell, at);
            }
            Call::Roster { room, skip, most, tell } => {
                drop(tell.send(self.roster_page(room, skip, most)));
            }
            Call::People(tell) => drop(tell.send(Ok(self.present()))),
            Call::EndRoom { room, deleted, tell } => self.end_room(room, deleted, tell, at),
            Call::Shut { room, is_shut, tell } => self.shut(room, is_shut, tell, at),
            Call::SetMode { room, mode, span, tell } => self.set_mode(room, (mode, span), tell, at),
            Call::SetHistory { room, history, tell } => self.set_history((room, history), tell, at),
            Call::Edit(edit) => self.edit(edit, at),
            Call::Wall(call) => self.wall_call(call, at),
            Call::TakeBack { room, seqs, tell } => self.take_back(room, seqs, tell, at),
            Call::Welcome(caller, tell) => drop(tell.send(self.welcome(caller, at.hub))),
            Call::Kick(chatter, tell) => self.kick(chatter, tell, at),
            Call::Ban { chatter, identity, address_for, elsewhere, tell } => {
                self.ban(&chatter, identity, address_for, elsewhere, tell, at);
            }
            Call::Unban(chatter, tell) => self.unban(chatter, tell, at),
            Call::Person(call) => self.person_call(call, at),
            Call::Question(call) => self.question_call(call, at),
            Call::Event(call) => self.event_call(call, at),
            Call::ReportDone(report, tell) => self.report_done(report, tell, at),
            Call::Say { room, content, key, tell } => {
                self.host_says(room, (content, key), tell, at);
            }
            Call::Announce { room, text, minutes, is_once, tell } => {
                self.announce((room, text, minutes), is_once, tell, at);
            }
            Call::TakeDown(id, tell) => self.take_down(id, tell, at),
            Call::Announcements(tell) => drop(tell.send(Ok(self.announcements(at)))),
            Call::Poll(call) => self.poll_call(call, at),
            Call::Bans(tell) => drop(tell.send(Ok(self.bans.values().cloned().collect()))),
            Call::By(name, call) => {
                // A room with a password is created once that is hashed.
                let call = match *call {
                    Call::Create(room, tell) => {
                        Call::Create(NewRoom { by: Some(name.clone()), ..room }, tell)
                    }
                    call => call,
                };
                self.acting = Some(name);
                self.call(call, at);
                self.acting = None;
            }
            Call::AddKey(key, tell) => self.add_key(key, tell, at),
            Call::RevokeKey(name, tell) => self.revoke_key(name, tell, at),
            Call::UseKey(key_use, tell) => {
                self.write(Write::UseKey(key_use), Then::KeyUsed(tell));
            }
            Call::Facts(tell) => drop(tell.send(Ok(self.facts(at)))),
            Call::ForgetIdle(limit, tell) => drop(tell.send(Ok(self.forget_idle(limit, at.hub)))),
            Call::Ping(tell) => self.write(Write::Ping, Then::Pong(tell)),
        }
    }
}
