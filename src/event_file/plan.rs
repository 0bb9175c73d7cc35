//! Compares an event file with what is there: which steps are missing, and what is left alone.
//!
//! After the steps of a plan, the same file needs none. A step that failed is in the next plan again.

mod polls;

use std::collections::HashMap;

use super::{EventFile, FileAnnouncement, FilePassword, FileRoom, Place};
use crate::domain::announcement::ANNOUNCEMENTS_MAX;
use crate::domain::code::Code;
use crate::domain::event_settings::{EventEdit, EventSettings};
use crate::domain::ids::RoomId;
use crate::domain::mode::{Mode, RoomMode};
use crate::domain::poll::{PollForm, PreparedPoll};
use crate::domain::question::Questions;
use crate::domain::room::History;
use crate::domain::slip::{Slip, SlipKind};
use crate::domain::text::{Content, Namespace, Password, PollText, Title};

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Present {
    /// What is set for the event.
    pub settings: EventSettings,
    /// The living rooms that the hub or the host made, oldest first. Those that people made are none of a file's
    /// business.
    pub rooms: Vec<PresentRoom>,
    /// The announcements that are shown, oldest first.
    pub announcements: Vec<PresentAnnouncement>,
    /// The polls that are prepared, in their order.
    pub prepared: Vec<PreparedPoll>,
    /// The room and the question of every poll that was asked and is kept.
    pub asked: Vec<(Option<RoomId>, PollText)>,
}

/// A living room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentRoom {
    /// Its id.
    pub id: RoomId,
    /// Its code.
    pub code: Code,
    /// Its channel.
    pub namespace: Namespace,
    /// Its title.
    pub title: Title,
    /// How many people it holds; 0 is no limit.
    pub capacity: u32,
    /// Whether it has a password.
    pub lock: Lock,
    /// Where people who join begin to read.
    pub history: History,
    /// Who may write in it.
    pub mode: RoomMode,
    /// How it takes questions.
    pub questions: Questions,
    /// Its place in the lobby; 0 is none.
    pub position: u32,
}

/// Whether a room has a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// It has none.
    Open,
    /// It has one: that of the file, or not. Only Argon2 can tell; see [`passwords`].
    Locked {
        /// Whether it is that of the file.
        is_same: bool,
    },
}

/// An announcement that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentAnnouncement {
    /// The room that it is for. `None` for all rooms.
    pub room: Option<RoomId>,
    /// Its text.
    pub text: Content,
    /// For how many more minutes it is shown, rounded up. `None` until it is taken down.
    pub minutes: Option<u64>,
}

/// The steps that are missing, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// The rooms of the host that are not in the file, by their places in [`Present::rooms`].
    pub left_rooms: Vec<usize>,
    /// How many announcements that are shown are not in the file.
    pub left_announcements: usize,
    /// How many polls that are prepared are not in the file.
    pub left_polls: usize,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Sets the event's title or language.
    Settings(EventEdit),
    /// Makes a room: that of this number in the file.
    Create {
        /// Its number in the file, from 0.
        number: usize,
        /// What it is.
        room: FileRoom,
        /// Its place in the lobby; 0 is none.
        position: u32,
    },
    /// Changes a room.
    Edit {
        /// The room.
        room: RoomId,
        /// Its channel.
        namespace: Namespace,
        /// Its title before.
        was: Title,
        /// What changes.
        edit: RoomStep,
    },
    /// Sets a room's mode.
    Mode {
        /// The room.
        room: RoomId,
        /// Its channel.
        namespace: Namespace,
        /// Its title by then.
        title: Title,
        /// The mode.
        mode: Mode,
    },
    /// Announces something.
    Announce {
        /// The text.
        text: Content,
        /// The room that it is for, with its title. `None` for all rooms.
        room: Option<(RoomRef, Title)>,
        /// For how many minutes.
        minutes: Option<u64>,
    },
    /// Prepares a poll.
    Prepare {
        /// Its question and answers.
        form: PollForm,
        /// After how many minutes it closes by itself, once it is asked. `None` if the host closes it.
        minutes: Option<u64>,
        /// The room that it is for, with its title. `None` for all rooms.
        room: Option<(RoomRef, Title)>,
        /// Its place in the list.
        place: u32,
    },
    /// Changes a poll that is prepared.
    ChangePoll {
        /// The poll as it becomes.
        poll: PreparedPoll,
        /// The title of its room. `None` for all rooms.
        room: Option<Title>,
        /// What changes: `options`, `multiple`, `results`, `minutes`, `position`.
        changed: Vec<&'static str>,
    },
}

/// What changes about a room. `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomStep {
    /// Its title.
    pub title: Option<Title>,
    /// How many people it holds; 0 is no limit.
    pub capacity: Option<u32>,
    /// Its password; `Some(None)` removes it.
    pub password: Option<Option<Password>>,
    /// Where people who join begin to read.
    pub history: Option<History>,
    /// Its place in the lobby; 0 is none.
    pub position: Option<u32>,
    /// How it takes questions.
    pub questions: Option<Questions>,
}

/// A room, before it is made, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomRef {
    /// A room that is there.
    Known(RoomId),
    /// The room of this number in the file, which an earlier step makes.
    New(usize),
}

/// The rooms with a password whose password the file sets: whether it is another one has to be found out before the
/// file is planned.
pub fn passwords<'f>(file: &'f EventFile, present: &Present) -> Vec<(RoomId, &'f Password)> {
    let found = found(file, present);
    let both = file.rooms.iter().zip(found);
    both.filter_map(|(room, found)| match (&room.password, present.rooms.get(found?)?) {
        (FilePassword::Set(password), PresentRoom { id, lock: Lock::Locked { .. }, .. }) => {
            Some((*id, password))
        }
        _ => None,
    })
    .collect()
}

/// Plans a file.
///
/// # Errors
/// Slips that only show beside what is there.
pub fn plan(file: &EventFile, present: &Present) -> Result<Plan, Vec<Slip>> {
    let found = found(file, present);
    let mut slips = Vec::new();
    let mut steps = settings(file, &present.settings);
    let positions = positions(file, present, &found);
    for (number, (room, found)) in file.rooms.iter().zip(&found).enumerate() {
        let known = found.and_then(|at| present.rooms.get(at));
        let is_locked = known.is_some_and(|known| known.lock != Lock::Open);
        if room.password == FilePassword::Kept && !is_locked {
            let what = SlipKind::NoPassword { title: room.title.to_string() };
            slips.push(Slip { line: room.password_line, what });
        }
        let position = positions.get(number).copied().flatten();
        match known {
            Some(known) => changes(room, known, position, &mut steps),
            None => {
                let (room, position) = (room.clone(), position.unwrap_or(0));
                steps.push(Step::Create { number, room, position });
            }
        }
    }
    let rooms = rooms(file, present, &found);
    let left_announcements = announcements(file, present, &rooms, &mut steps, &mut slips);
    let left_polls = polls::polls(&file.polls, present, &rooms, (&mut steps, &mut slips));
    if !slips.is_empty() {
        return Err(slips);
    }
    let is_left = |at: &usize| !found.contains(&Some(*at));
    let left_rooms = (0..present.rooms.len()).filter(is_left).collect();
    Ok(Plan { steps, left_rooms, left_announcements, left_polls })
}

/// The room that each room of the file is, by its place in [`Present::rooms`].
fn found(file: &EventFile, present: &Present) -> Vec<Option<usize>> {
    let mut taken = vec![false; present.rooms.len()];
    let mut first = |namespace: &Namespace, title: &Title| {
        let mut rooms = present.rooms.iter().enumerate();
        let is_it = |(at, room): &(usize, &PresentRoom)| {
            room.namespace == *namespace && room.title == *title && !taken[*at]
        };
        let (at, _) = rooms.find(is_it)?;
        taken[at] = true;
        Some(at)
    };
    let titled: Vec<Option<usize>> =
        file.rooms.iter().map(|room| first(&room.namespace, &room.title)).collect();
    // A title that a room has already outweighs one that a room had.
    let both = file.rooms.iter().zip(titled);
    both.map(|(room, titled)| titled.or_else(|| first(&room.namespace, room.was.as_ref()?)))
        .collect()
}

fn settings(file: &EventFile, present: &EventSettings) -> Vec<Step> {
    let title = file.title.clone().filter(|title| *title != present.title);
    let language = file.language.filter(|language| *language != present.language);
    let title = title.map(|title| Step::Settings(EventEdit::Title(title)));
    let language = language.map(|language| Step::Settings(EventEdit::Language(language)));
    title.into_iter().chain(language).collect()
}

/// The position that each room of the file has to have. `None` where it stays as it is.
///
/// Rooms that are in the order of the file keep their positions, so that others can stand between them.
fn positions(file: &EventFile, present: &Present, found: &[Option<usize>]) -> Vec<Option<u32>> {
    let known = |number: usize| {
        let at = found.get(number).copied().flatten();
        at.and_then(|at| present.rooms.get(at)).map_or(0, |room| room.position)
    };
    let in_order = file.rooms.iter().enumerate().filter(|(_, room)| room.place == Place::InOrder);
    let now: Vec<u32> = in_order.map(|(number, _)| known(number)).collect();
    let is_in_order = now.first() != Some(&0) && now.is_sorted_by(|one, next| one < next);
    let mut place = 0;
    let wanted = |room: &FileRoom| match room.place {
        Place::At(position) => Some(position),
        Place::InOrder => {
            place += 1;
            (!is_in_order).then_some(place)
        }
    };
    file.rooms.iter().map(wanted).collect()
}

/// The steps that make a room what the file says.
fn changes(room: &FileRoom, known: &PresentRoom, position: Option<u32>, steps: &mut Vec<Step>) {
    let password = match (&room.password, known.lock) {
        (FilePassword::Untouched | FilePassword::Kept, _)
        | (FilePassword::Removed, Lock::Open)
        | (FilePassword::Set(_), Lock::Locked { is_same: true }) => None,
        (FilePassword::Removed, Lock::Locked { .. }) => Some(None),
        (FilePassword::Set(password), _) => Some(Some(password.clone())),
    };
    let edit = RoomStep {
        title: (room.title != known.title).then(|| room.title.clone()),
        capacity: room.capacity.filter(|capacity| *capacity != known.capacity),
        password,
        history: room.history.filter(|history| *history != known.history),
        position: position.filter(|position| *position != known.position),
        questions: room.questions.filter(|questions| *questions != known.questions),
    };
    let (id, namespace) = (known.id, &known.namespace);
    if edit != RoomStep::default() {
        let (namespace, was) = (namespace.clone(), known.title.clone());
        steps.push(Step::Edit { room: id, namespace, was, edit });
    }
    let is_set = |mode: &Mode| known.mode == RoomMode { mode: *mode, until: None };
    if let Some(mode) = room.mode.filter(|mode| !is_set(mode)) {
        let (namespace, title) = (namespace.clone(), room.title.clone());
        steps.push(Step::Mode { room: id, namespace, title, mode });
    }
}

/// Plans the announcements. Returns how many that are shown are not in the file.
fn announcements(
    file: &EventFile,
    present: &Present,
    rooms: &HashMap<(&Namespace, &Title), RoomRef>,
    steps: &mut Vec<Step>,
    slips: &mut Vec<Slip>,
) -> usize {
    let mut is_in_file = vec![false; present.announcements.len()];
    let mut count = present.announcements.len();
    for FileAnnouncement { line, text, room, minutes } in &file.announcements {
        let wanted = match room {
            None => None,
            Some((namespace, title)) => match rooms.get(&(namespace, title)) {
                Some(room) => Some((*room, title.clone())),
                None => {
                    let what = SlipKind::NoRoom { title: title.to_string() };
                    slips.push(Slip { line: *line, what });
                    continue;
                }
            },
        };
        let is_it = |shown: &PresentAnnouncement| {
            let room = wanted.as_ref().map(|(room, _)| *room);
            shown.text == *text && shown.room.map(RoomRef::Known) == room
        };
        let shown = present.announcements.iter().zip(&mut is_in_file);
        let mut is_shown = false;
        for (_, is_in_file) in shown.filter(|(shown, _)| is_it(shown)) {
            (*is_in_file, is_shown) = (true, true);
        }
        if is_shown {
            continue;
        }
        count += 1;
        if count > ANNOUNCEMENTS_MAX {
            let what = SlipKind::TooManyAnnouncements { most: ANNOUNCEMENTS_MAX };
            slips.push(Slip { line: *line, what });
        }
        steps.push(Step::Announce { text: text.clone(), room: wanted, minutes: *minutes });
    }
    is_in_file.iter().filter(|is_in_file| !**is_in_file).count()
}

/// The rooms that an announcement or a poll can be for, by the channel and the title that they have after the steps.
fn rooms<'a>(
    file: &'a EventFile,
    present: &'a Present,
    found: &[Option<usize>],
) -> HashMap<(&'a Namespace, &'a Title), RoomRef> {
    let mut rooms = HashMap::new();
    // From the newest on, so that of several with a title the oldest is meant.
    for (at, room) in present.rooms.iter().enumerate().rev() {
        if !found.contains(&Some(at)) {
            rooms.insert((&room.namespace, &room.title), RoomRef::Known(room.id));
        }
    }
    for (number, room) in file.rooms.iter().enumerate() {
        let at = found.get(number).copied().flatten();
        let known = at.and_then(|at| present.rooms.get(at));
        let its = known.map_or(RoomRef::New(number), |known| RoomRef::Known(known.id));
        rooms.insert((&room.namespace, &room.title), its);
    }
    rooms
}
