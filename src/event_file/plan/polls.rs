//! Plans the polls of a file: those that are neither prepared nor were asked, and what is different about those that are
//! prepared.

use std::collections::HashMap;

use super::{Present, RoomRef, Step};
use crate::domain::poll::{PREPARED_MAX, PollForm, PreparedPoll, Results};
use crate::domain::slip::{Slip, SlipKind};
use crate::domain::text::{Namespace, Title};
use crate::event_file::FilePoll;

/// The rooms that a poll can be for, by channel and title.
type Rooms<'a> = HashMap<(&'a Namespace, &'a Title), RoomRef>;

/// A poll of the file that was not asked yet.
struct Wanted<'a> {
    /// Its place in the file, from 1.
    place: u32,
    poll: &'a FilePoll,
    room: Option<(RoomRef, Title)>,
    /// The place in [`Present::prepared`] of the one that it is.
    known: Option<usize>,
}

/// Plans the polls. Returns how many that are prepared are not in the file.
pub(super) fn polls(
    file: &[FilePoll],
    present: &Present,
    rooms: &Rooms<'_>,
    (steps, slips): (&mut Vec<Step>, &mut Vec<Slip>),
) -> usize {
    let (mut wanted, mut is_in_file) = (Vec::new(), vec![false; present.prepared.len()]);
    for (poll, place) in file.iter().zip(1..) {
        let room = match &poll.room {
            None => None,
            Some((namespace, title)) => match rooms.get(&(namespace, title)) {
                Some(room) => Some((*room, title.clone())),
                None => {
                    let what = SlipKind::NoRoom { title: title.to_string() };
                    slips.push(Slip { line: poll.line, what });
                    continue;
                }
            },
        };
        let its = room.as_ref().map(|(room, _)| *room);
        let same = |known: &PreparedPoll| {
            known.form.question == poll.question && known.room.map(RoomRef::Known) == its
        };
        let both = present.prepared.iter().zip(&mut is_in_file);
        both.filter(|(known, _)| same(known)).for_each(|(_, is_in_file)| *is_in_file = true);
        let was_asked = present
            .asked
            .iter()
            .any(|(room, question)| *question == poll.question && room.map(RoomRef::Known) == its);
        if !was_asked {
            let known = present.prepared.iter().position(same);
            wanted.push(Wanted { place, poll, room, known });
        }
    }
    // Those that are in the order of the file keep their places, so that others can stand between them.
    let known = wanted.iter().map(|wanted| wanted.known);
    let are_in_order = known.clone().all(|known| known.is_some()) && known.is_sorted();
    let mut count = present.prepared.len();
    for wanted in wanted {
        match wanted.known.and_then(|at| present.prepared.get(at)) {
            Some(known) => steps.extend(change(&wanted, known, are_in_order)),
            None => {
                count += 1;
                if count > PREPARED_MAX {
                    let what = SlipKind::TooManyPrepared { most: PREPARED_MAX };
                    slips.push(Slip { line: wanted.poll.line, what });
                }
                steps.push(prepare(wanted));
            }
        }
    }
    is_in_file.iter().filter(|is_in_file| !**is_in_file).count()
}

fn prepare(Wanted { place, poll, room, .. }: Wanted<'_>) -> Step {
    let form = PollForm {
        question: poll.question.clone(),
        answers: poll.options.clone(),
        is_multiple: poll.is_multiple.unwrap_or(false),
        results: poll.results.unwrap_or(Results::AtOnce),
    };
    let minutes = poll.minutes.filter(|minutes| *minutes > 0);
    Step::Prepare { form, minutes, room, place }
}

/// The step that makes a prepared poll what the file says, if it is not.
fn change(wanted: &Wanted<'_>, known: &PreparedPoll, keeps_place: bool) -> Option<Step> {
    let FilePoll { options, is_multiple, results, minutes, .. } = wanted.poll;
    let mut now = known.clone();
    now.form.answers = options.clone();
    now.form.is_multiple = is_multiple.unwrap_or(known.form.is_multiple);
    now.form.results = results.unwrap_or(known.form.results);
    now.minutes = match *minutes {
        None => known.minutes,
        Some(minutes) => (minutes > 0).then_some(minutes),
    };
    now.place = if keeps_place { known.place } else { wanted.place };
    let fields = [
        (now.form.answers != known.form.answers, "options"),
        (now.form.is_multiple != known.form.is_multiple, "multiple"),
        (now.form.results != known.form.results, "results"),
        (now.minutes != known.minutes, "minutes"),
        (now.place != known.place, "position"),
    ];
    let changed: Vec<&'static str> =
        fields.into_iter().filter_map(|(is_other, field)| is_other.then_some(field)).collect();
    let room = wanted.room.as_ref().map(|(_, title)| title.clone());
    (!changed.is_empty()).then_some(Step::ChangePoll { poll: now, room, changed })
}
