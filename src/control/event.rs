//! Requests about event files: what is there as a file, and the steps of a file, carried out by the use cases that hosts
//! have for rooms and announcements.

use std::collections::HashMap;

use tokio::sync::Mutex;

use super::answer::{Acting, Denied};
use super::prepared;
use super::protocol::{EventApplied, EventChange, EventFileText, EventStep, RoomLeftAlone};
use crate::domain::ids::RoomId;
use crate::domain::mode::Mode;
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::room::RoomField;
use crate::domain::text::{Content, Namespace, Password, Title};
use crate::domain::words;
use crate::event_file::{
    self, EventFile, FILE_MAX, FilePassword, FileRoom, Lock, Plan, Present, PresentAnnouncement,
    PresentRoom, RoomRef, RoomStep, Step,
};
use crate::hub::command::{
    AnnouncementView, Call, EditRoom, EventCall, NewRoom, PollCall, PrepareCall, RoomValues,
    RoomView,
};

/// Held while an event file is applied: two at once through one hub would plan the same. Those that are applied through
/// several hubs meet in the store, which makes nothing twice.
static ALONE: Mutex<()> = Mutex::const_new(());

/// How often a file is planned at most, while other hubs change what it is about.
const PLANS_MAX: usize = 5;

/// Writes the event file of what is there.
pub(super) async fn show(parts: &Acting<'_>) -> Result<EventFileText, Denied> {
    Ok(EventFileText { file: event_file::write(&present(parts).await?) })
}

/// Makes what a file says, or only finds out what that would change. A file with a slip changes nothing. A step that
/// fails keeps no other from being done, and is in the answer. Where another hub was faster, the file is planned again with
/// what is there then.
pub(super) async fn apply(
    parts: &Acting<'_>,
    text: &str,
    is_dry: bool,
) -> Result<EventApplied, Denied> {
    if text.len() > FILE_MAX {
        return Err(Refusal::TooLarge.into());
    }
    let file = event_file::read(text).map_err(Refusal::EventFile)?;
    let _alone = ALONE.lock().await;
    let mut done = Vec::new();
    let mut plans = 0;
    loop {
        plans += 1;
        let present = present_for(parts, &file).await?;
        let plan = event_file::plan(&file, &present).map_err(Refusal::EventFile)?;
        let Plan { steps, left_rooms, left_announcements, left_polls } = plan;
        let may_be_late = !is_dry && plans < PLANS_MAX;
        if steps_done(parts, (steps, is_dry), may_be_late, &mut done).await {
            continue;
        }
        let left_rooms = left_rooms.into_iter().filter_map(|at| present.rooms.get(at));
        let left_rooms = left_rooms.map(left_alone).collect();
        return Ok(EventApplied { steps: done, left_rooms, left_announcements, left_polls });
    }
}

/// Carries out the steps of a plan, and adds what became of them. Returns whether another hub was faster, so that some
/// steps are left out and the file is to be planned again; where it may not be, this is an error of the step.
async fn steps_done(
    parts: &Acting<'_>,
    (steps, is_dry): (Vec<Step>, bool),
    may_be_late: bool,
    done: &mut Vec<EventStep>,
) -> bool {
    let (mut made, mut is_late) = (HashMap::new(), false);
    for step in steps {
        let change = change(&step);
        let result = if is_dry { Ok(()) } else { carry_out(parts, step, &mut made).await };
        match result {
            Err(refusal) if may_be_late && comes_late(&refusal, is_late) => is_late = true,
            result => {
                let error = result.err().map(|refusal| words::refusal(parts.language(), &refusal));
                done.push(EventStep { change, error });
            }
        }
    }
    is_late
}

/// Whether a step was refused since another hub has made its object, or has asked the poll, or has made the room that
/// this one is for.
fn comes_late(refusal: &Refusal, is_late: bool) -> bool {
    match refusal {
        Refusal::Host(HostRefusal::AlreadyThere) | Refusal::NoSuchPoll => true,
        Refusal::NoSuchRoom => is_late,
        _ => false,
    }
}

/// What is there, and whether its passwords are those of the file.
async fn present_for(parts: &Acting<'_>, file: &EventFile) -> Result<Present, Denied> {
    let mut present = present(parts).await?;
    for (room, password) in event_file::passwords(file, &present) {
        let is_same = has_password(parts, room, password).await?;
        let known = present.rooms.iter_mut().find(|known| known.id == room);
        if let Some(known) = known {
            known.lock = Lock::Locked { is_same };
        }
    }
    Ok(present)
}

async fn present(parts: &Acting<'_>) -> Result<Present, Denied> {
    let settings = parts.hub.call(|tell| Call::Event(EventCall::Read(tell))).await?;
    let rooms = parts.hub.call(Call::Rooms).await?;
    let rooms = rooms.into_iter().filter(|view| view.room.by_host).map(present_room).collect();
    let now = parts.hub.clock().now().hub;
    let announcements = parts.hub.call(Call::Announcements).await?;
    let shown = |AnnouncementView { announcement, .. }: AnnouncementView| PresentAnnouncement {
        room: announcement.room,
        text: announcement.text,
        minutes: announcement.until.map(|until| until.since(now).as_secs().div_ceil(60).max(1)),
    };
    let announcements = announcements.into_iter().map(shown).collect();
    let prepared = prepared::all(parts).await?;
    let polls = parts.hub.call(|tell| Call::Poll(PollCall::All(tell))).await?;
    let asked = polls.into_iter().map(|view| (view.poll.room, view.poll.form.question)).collect();
    Ok(Present { settings, rooms, announcements, prepared, asked })
}

fn present_room(RoomView { room, .. }: RoomView) -> PresentRoom {
    PresentRoom {
        id: room.id,
        code: room.code,
        lock: if room.is_locked() { Lock::Locked { is_same: false } } else { Lock::Open },
        namespace: room.namespace,
        title: room.title,
        capacity: room.capacity,
        history: room.history,
        mode: room.mode,
        questions: room.questions,
        position: room.position,
    }
}

fn left_alone(PresentRoom { code, namespace, title, .. }: &PresentRoom) -> RoomLeftAlone {
    let (code, channel, title) = (code.to_string(), namespace.to_string(), title.to_string());
    RoomLeftAlone { code, channel, title }
}

/// Whether a room has this password, which only an edit can find out.
async fn has_password(
    parts: &Acting<'_>,
    room: RoomId,
    password: &Password,
) -> Result<bool, Refusal> {
    let values = RoomValues { password: Some(Some(password.clone())), ..RoomValues::default() };
    let edit = |tell| Call::Edit(EditRoom { room, values, is_dry: true, tell });
    let edited = parts.hub.call(edit).await?;
    Ok(!edited.changed.contains(&RoomField::Password))
}

/// A step for the answer.
fn change(step: &Step) -> EventChange {
    use crate::domain::event_settings::EventEdit;
    match step {
        Step::Settings(EventEdit::Title(title)) => {
            EventChange::Title { to: title.as_ref().map(Title::to_string) }
        }
        Step::Settings(EventEdit::Language(language)) => {
            EventChange::Language { to: language.map(|language| language.code().to_owned()) }
        }
        Step::Create { room: FileRoom { namespace, title, .. }, .. } => {
            EventChange::RoomCreate { channel: namespace.to_string(), title: title.to_string() }
        }
        Step::Edit { namespace, was, edit, .. } => EventChange::RoomEdit {
            channel: namespace.to_string(),
            title: was.to_string(),
            renamed: edit.title.as_ref().map(Title::to_string),
            changed: changed(edit),
        },
        Step::Mode { namespace, title, mode, .. } => EventChange::RoomMode {
            channel: namespace.to_string(),
            title: title.to_string(),
            mode: mode.as_str().to_owned(),
            every: mode.every(),
            here_for: mode.here_for(),
        },
        Step::Announce { text, room, .. } => EventChange::Announce {
            text: text.to_string(),
            room: room.as_ref().map(|(_, title)| title.to_string()),
        },
        Step::Prepare { form, room, .. } => EventChange::PollPrepare {
            question: form.question.to_string(),
            room: room.as_ref().map(|(_, title)| title.to_string()),
        },
        Step::ChangePoll { poll, room, changed } => EventChange::PollEdit {
            question: poll.form.question.to_string(),
            room: room.as_ref().map(Title::to_string),
            changed: changed.iter().copied().map(str::to_owned).collect(),
        },
    }
}

fn changed(edit: &RoomStep) -> Vec<String> {
    let RoomStep { title, capacity, password, history, position, questions } = edit;
    let fields = [
        (title.is_some(), RoomField::Title),
        (capacity.is_some(), RoomField::Capacity),
        (password.is_some(), RoomField::Password),
        (history.is_some(), RoomField::History),
        (position.is_some(), RoomField::Position),
        (questions.is_some(), RoomField::Questions),
    ];
    let changed = fields.into_iter().filter(|(is_changed, _)| *is_changed);
    changed.map(|(_, field)| field.as_str().to_owned()).collect()
}

/// Carries a step out. `made` has the rooms that were made, by their numbers in the file.
async fn carry_out(
    parts: &Acting<'_>,
    step: Step,
    made: &mut HashMap<usize, RoomId>,
) -> Result<(), Refusal> {
    match step {
        Step::Settings(edit) => parts.act(|tell| Call::Event(EventCall::Edit(edit, tell))).await,
        Step::Create { number, room, position } => {
            let (namespace, title) = (room.namespace.clone(), room.title.clone());
            let id = create(parts, &room, (namespace, title)).await?;
            made.insert(number, id);
            let position = (position != 0).then_some(position);
            let questions = room.questions.filter(|questions| questions.are_held());
            if position.is_some() || questions.is_some() {
                let values = RoomValues { position, questions, ..RoomValues::default() };
                edit(parts, id, values).await?;
            }
            match room.mode {
                None | Some(Mode::Open) => Ok(()),
                Some(mode) => set_mode(parts, id, mode).await,
            }
        }
        Step::Edit { room, edit: wanted, .. } => {
            let RoomStep { title, capacity, password, history, position, questions } = wanted;
            let values = RoomValues { title, capacity, password, history, position, questions };
            edit(parts, room, values).await
        }
        Step::Mode { room, mode, .. } => set_mode(parts, room, mode).await,
        Step::Announce { text, room, minutes } => {
            announce(parts, text, of_made(room.as_ref(), made)?, minutes).await
        }
        Step::Prepare { form, minutes, room, place } => {
            let room = of_made(room.as_ref(), made)?;
            let new = |tell| PrepareCall::New { place, room, form, minutes, tell };
            parts.act(|tell| Call::Poll(PollCall::Prepared(new(tell)))).await
        }
        Step::ChangePoll { poll, .. } => {
            let change = |tell| PrepareCall::Change(Box::new(poll), tell);
            parts.act(|tell| Call::Poll(PollCall::Prepared(change(tell)))).await
        }
    }
}

/// The id of the room that something is for.
///
/// # Errors
/// The room could not be made.
fn of_made(
    room: Option<&(RoomRef, Title)>,
    made: &HashMap<usize, RoomId>,
) -> Result<Option<RoomId>, Refusal> {
    match room {
        None => Ok(None),
        Some((RoomRef::Known(id), _)) => Ok(Some(*id)),
        Some((RoomRef::New(number), _)) => {
            made.get(number).copied().map(Some).ok_or(Refusal::NoSuchRoom)
        }
    }
}

async fn create(
    parts: &Acting<'_>,
    room: &FileRoom,
    (namespace, title): (Namespace, Title),
) -> Result<RoomId, Refusal> {
    let password = match &room.password {
        FilePassword::Set(password) => Some(password.clone()),
        FilePassword::Untouched | FilePassword::Kept | FilePassword::Removed => None,
    };
    let new = NewRoom {
        namespace,
        title,
        capacity: room.capacity.unwrap_or(0),
        password,
        from: None,
        by_host: true,
        by: None,
        history: room.history,
        is_once: true,
    };
    let made = parts.act(|tell| Call::Create(new, tell)).await?;
    Ok(made.room.id)
}

async fn edit(parts: &Acting<'_>, room: RoomId, values: RoomValues) -> Result<(), Refusal> {
    let edit = |tell| Call::Edit(EditRoom { room, values, is_dry: false, tell });
    parts.act(edit).await.map(|_| ())
}

async fn set_mode(parts: &Acting<'_>, room: RoomId, mode: Mode) -> Result<(), Refusal> {
    let set = |tell| Call::SetMode { room: Some(room), mode, span: None, tell };
    parts.act(set).await.map(|_| ())
}

async fn announce(
    parts: &Acting<'_>,
    text: Content,
    room: Option<RoomId>,
    minutes: Option<u64>,
) -> Result<(), Refusal> {
    parts.act(|tell| Call::Announce { room, text, minutes, is_once: true, tell }).await.map(|_| ())
}
