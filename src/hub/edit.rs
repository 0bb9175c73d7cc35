//! The host changes a room that people may be in: they stay, and are told. A smaller capacity and a password concern
//! newcomers only.

use std::sync::Arc;

use super::command::{EditRoom, EditedRoom, Responder, RoomEvent};
use super::passwords::{Job, Purpose};
use super::rooms::named;
use super::state::{Hub, Then};
use crate::domain::host::HostName;
use crate::domain::ids::RoomId;
use crate::domain::refusal::Refusal;
use crate::domain::room::{PasswordHash, Room, RoomEdit, RoomField};
use crate::domain::text::Password;
use crate::store::{Deed, HostAct, Moment, Write};

/// An edit whose password is being checked or hashed.
#[derive(Debug)]
pub(super) struct Editing {
    room: RoomId,
    edit: RoomEdit,
    /// The password, until it is known whether the room has it already.
    password: Option<Password>,
    is_dry: bool,
    by: Option<HostName>,
    tell: Responder<EditedRoom>,
}

/// An edit that is being committed.
#[derive(Debug)]
pub(super) struct Edited {
    room: RoomId,
    edit: RoomEdit,
    tell: Responder<EditedRoom>,
}

impl Editing {
    pub(super) fn refuse(self, why: Refusal) {
        drop(self.tell.send(Err(why)));
    }
}

impl Hub {
    /// Changes a room; see [`Call::Edit`].
    ///
    /// [`Call::Edit`]: super::command::Call::Edit
    pub(super) fn edit(&mut self, EditRoom { room, values, is_dry, tell }: EditRoom, at: Moment) {
        let lock = match self.live(room) {
            Ok(live) => live.room.lock.clone(),
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let (edit, password) = (
            RoomEdit {
                title: values.title,
                capacity: values.capacity,
                lock: matches!(values.password, Some(None)).then_some(None),
                history: values.history,
                position: values.position,
                questions: values.questions,
            },
            values.password.flatten(),
        );
        let by = self.acting.clone();
        let job = match (&password, lock) {
            (None, _) => None,
            // The same password again is no change, which only Argon2 can tell.
            (Some(password), Some(hash)) => Some(Job::Verify { password: password.clone(), hash }),
            (Some(_), None) if is_dry => None,
            (Some(password), None) => {
                Some(Job::Hash { password: password.clone(), salt: (self.random)() })
            }
        };
        let editing = Editing { room, edit, password, is_dry, by, tell };
        match job {
            Some(job) => self.enqueue_password(job, Purpose::Edit(editing)),
            None => self.edit_with(editing, at),
        }
    }

    /// Goes on with an edit once it is known whether the room has its password already.
    pub(super) fn edit_verified(&mut self, mut editing: Editing, is_same: bool, at: Moment) {
        if is_same {
            editing.password = None;
        }
        match editing.password.clone().filter(|_| !editing.is_dry) {
            Some(password) => {
                let salt = (self.random)();
                self.enqueue_password(Job::Hash { password, salt }, Purpose::Edit(editing));
            }
            None => self.edit_with(editing, at),
        }
    }

    /// Goes on with an edit whose password is hashed.
    pub(super) fn edit_hashed(&mut self, mut editing: Editing, hash: PasswordHash, at: Moment) {
        editing.password = None;
        editing.edit.lock = Some(Some(hash));
        self.edit_with(editing, at);
    }

    /// Commits an edit, unless the room has all of its values already.
    fn edit_with(&mut self, editing: Editing, at: Moment) {
        let Editing { room, edit, password, is_dry, by, tell } = editing;
        let live = match self.live(room) {
            Ok(live) => live,
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let edit = edit.beyond(&live.room);
        let mut changed = edit.fields();
        if password.is_some() {
            changed.push(RoomField::Password);
        }
        if is_dry || changed.is_empty() {
            let people = live.people.count();
            return drop(tell.send(Ok(EditedRoom { room, people, changed })));
        }
        let what = format!("{} {}", named(&live.room), edit.words());
        let deed = Deed::Edit(room, edit.clone());
        let then = Then::Edited(Edited { room, edit, tell });
        self.write(Write::Host(HostAct { deed, what, by, at }), then);
    }

    /// Goes on with an edit that is committed or was refused.
    pub(super) fn edited(&mut self, edited: Edited, result: Result<(), Refusal>, at: Moment) {
        let Edited { room, edit, tell } = edited;
        let told = result.and_then(|()| {
            let live = self.rooms.get(&room).ok_or(Refusal::Expired)?;
            let people = live.people.count();
            let mut now = live.room.clone();
            edit.apply(&mut now);
            self.show_edited(now);
            tracing::info!(%room, "the host edited a room");
            Ok(EditedRoom { room, people, changed: edit.fields() })
        });
        drop(tell.send(told));
        // It may have been the only room that is open to everybody.
        self.keep_open(at);
    }

    /// Tells the people in a room what is different about it now. Its mode has an event of its own.
    pub(super) fn show_edited(&mut self, now: Room) {
        let Room { id, title, capacity, lock, history, position, questions, .. } = now;
        let Some(live) = self.rooms.get_mut(&id) else {
            return;
        };
        let edit = RoomEdit {
            title: Some(title),
            capacity: Some(capacity),
            lock: Some(lock),
            history: None,
            position: Some(position),
            questions: Some(questions),
        };
        let edit = edit.beyond(&live.room);
        let is_other_history = live.room.history != history;
        edit.apply(&mut live.room);
        let (room, to) = (live.room.clone(), live.people.audience());
        if edit.lock.is_some() {
            // Whoever passed the check of the former password has to pass that of the new one.
            self.access_grants.forget(id);
        }
        if !edit.fields().is_empty() {
            self.broadcast(Arc::clone(&to), RoomEvent::Edited(Box::new(room)));
        }
        if is_other_history {
            self.show_history(id, history);
        }
    }
}
