//! Polls: a question of the host to a room or to all rooms, with two to eight answers, and one vote a person.

mod prepared;

pub use self::prepared::{PREPARED_MAX, PreparedPoll};

use super::ids::{PollId, RoomId};
use super::refusal::Refusal;
use super::text::PollText;
use super::time::{HubTime, WallTime};

/// Fewest answers of a poll.
pub const ANSWERS_MIN: usize = 2;

/// Most answers of a poll.
pub const ANSWERS_MAX: usize = 8;

/// Most polls that run at a time, all of which are in every answer to a join.
pub const POLLS_MAX: usize = 10;

/// Most closed polls that are kept; then the oldest is deleted.
pub const CLOSED_MAX: usize = 200;

/// Longest time that a poll runs before it closes by itself, in minutes: a week.
pub const MINUTES_MAX: u64 = 7 * 24 * 60;

/// The answers that one person has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Choices(u8);

impl Choices {
    /// Reads the answers from their stored bits, with the first answer in the lowest. Bits beyond the eighth are ignored.
    #[must_use]
    pub fn from_bits(bits: i64) -> Self {
        Self(u8::try_from(bits & 0xff).unwrap_or(0))
    }

    /// The bits to store.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// These answers, by their places from 0 on. `None` if one is no place of an answer or stands twice.
    #[must_use]
    pub fn of(places: impl IntoIterator<Item = u64>) -> Option<Self> {
        places.into_iter().try_fold(Self::default(), |chosen, place| {
            let place = usize::try_from(place).ok().filter(|place| *place < ANSWERS_MAX)?;
            (!chosen.has(place)).then_some(Self(chosen.0 | 1 << place))
        })
    }

    /// Whether this answer was chosen.
    #[must_use]
    pub fn has(self, place: usize) -> bool {
        place < ANSWERS_MAX && self.0 & (1 << place) != 0
    }

    /// Whether none was chosen.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The places of the answers.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..ANSWERS_MAX).filter(move |place| self.has(*place))
    }
}

/// The votes of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many people have chosen each answer.
    pub counts: [u32; ANSWERS_MAX],
    /// How many people have voted.
    pub voters: u32,
}

impl Tally {
    /// Reads the counts as they are stored; missing ones are 0.
    #[must_use]
    pub fn from_counts(voters: u32, counts: impl IntoIterator<Item = u32>) -> Self {
        let mut tally = Self { voters, ..Self::default() };
        tally.counts.iter_mut().zip(counts).for_each(|(count, stored)| *count = stored);
        tally
    }

    /// Replaces one person's vote `before` by their vote `now`.
    pub fn change(&mut self, before: Choices, now: Choices) {
        let changed = |count: u32, before: bool, now: bool| match (before, now) {
            (false, true) => count.saturating_add(1),
            (true, false) => count.saturating_sub(1),
            _ => count,
        };
        for (place, count) in self.counts.iter_mut().enumerate() {
            *count = changed(*count, before.has(place), now.has(place));
        }
        self.voters = changed(self.voters, !before.is_empty(), !now.is_empty());
    }
}

/// When people see how many have chosen each answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Results {
    /// From the beginning.
    AtOnce,
    /// Once they have voted.
    AfterVoting,
    /// Once the poll is closed.
    AtEnd,
}

impl Results {
    /// All, in the order of their numbers.
    const ALL: [Self; 3] = [Self::AtOnce, Self::AfterVoting, Self::AtEnd];

    /// Its name on the wire and the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::AfterVoting => "after_voting",
            Self::AtEnd => "at_end",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|results| results.as_str() == name)
    }

    /// The number that is stored.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::AtOnce => 0,
            Self::AfterVoting => 1,
            Self::AtEnd => 2,
        }
    }

    /// The one with this number. An unknown one, of a newer hub, shows nothing before the end.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        let known = Self::ALL.into_iter().find(|results| i64::from(results.number()) == number);
        known.unwrap_or(Self::AtEnd)
    }
}

/// The question of a poll and its answers, as the host writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollForm {
    /// The question.
    pub question: PollText,
    /// [`ANSWERS_MIN`] to [`ANSWERS_MAX`] answers, all of them different.
    pub answers: Vec<PollText>,
    /// Whether a person may choose several of them.
    pub is_multiple: bool,
    /// When people see how many have chosen each.
    pub results: Results,
}

impl PollForm {
    /// Parses the question and the answers.
    ///
    /// # Errors
    /// A text breaks the rules, there are too few or too many answers, or two are the same.
    pub fn parse(
        question: &str,
        answers: &[impl AsRef<str>],
        is_multiple: bool,
        results: Results,
    ) -> Result<Self, Refusal> {
        let question = PollText::question(question)?;
        if !(ANSWERS_MIN..=ANSWERS_MAX).contains(&answers.len()) {
            let least = ANSWERS_MIN;
            return Err(Refusal::bad(format!("a poll has {least} to {ANSWERS_MAX} answers")));
        }
        let answers = answers.iter().map(|answer| PollText::answer(answer.as_ref()));
        let answers = answers.collect::<Result<Vec<_>, _>>()?;
        for (place, answer) in answers.iter().enumerate() {
            if answers.iter().take(place).any(|before| before == answer) {
                return Err(Refusal::bad(format!("the answer {:?} stands twice", answer.as_str())));
            }
        }
        Ok(Self { question, answers, is_multiple, results })
    }
}

/// A poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// Its id, drawn at random.
    pub id: PollId,
    /// The room that it is for. `None` for all rooms, those too that are made later.
    pub room: Option<RoomId>,
    /// Its question and answers.
    pub form: PollForm,
    /// When it was made, for people's eyes.
    pub made_at: WallTime,
    /// When it closes by itself, in the hub's own time. `None` if the host closes it.
    pub until: Option<HubTime>,
    /// When it was closed, for people's eyes. `None` while it runs.
    pub closed_at: Option<WallTime>,
    /// Its votes.
    pub tally: Tally,
}

impl Poll {
    /// Whether people in this room see it.
    #[must_use]
    pub fn concerns(&self, room: RoomId) -> bool {
        self.room.is_none_or(|only| only == room)
    }

    /// Whether it has not been closed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Whether its time has passed.
    #[must_use]
    pub fn is_over(&self, now: HubTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Whether somebody who has voted so sees the number of votes for each answer.
    #[must_use]
    pub fn shows_votes(&self, mine: Choices) -> bool {
        !self.is_open()
            || match self.form.results {
                Results::AtOnce => true,
                Results::AfterVoting => !mine.is_empty(),
                Results::AtEnd => false,
            }
    }

    /// Whether somebody may choose these answers now. None takes a vote back.
    ///
    /// # Errors
    /// [`Refusal::PollClosed`], or a malformed request.
    pub fn takes(&self, choices: Choices, now: HubTime) -> Result<(), Refusal> {
        if !self.is_open() || self.is_over(now) {
            return Err(Refusal::PollClosed);
        }
        if choices.iter().any(|place| place >= self.form.answers.len()) {
            let last = self.form.answers.len() - 1;
            return Err(Refusal::bad(format!("options must be numbers from 0 to {last}")));
        }
        if !self.form.is_multiple && choices.iter().count() > 1 {
            return Err(Refusal::bad("only one option can be chosen in this poll"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(places: &[u64]) -> Choices {
        Choices::of(places.iter().copied()).unwrap()
    }

    fn form(is_multiple: bool, results: Results) -> PollForm {
        PollForm::parse("Lunch?", &["soup", "rice", "both"], is_multiple, results).unwrap()
    }

    fn poll(form: PollForm) -> Poll {
        Poll {
            id: PollId::from_random([1; 16]),
            room: Some(RoomId::from_random([1; 16])),
            form,
            made_at: WallTime(0),
            until: Some(HubTime(10)),
            closed_at: None,
            tally: Tally::default(),
        }
    }

    #[test]
    fn choices_are_places_of_answers_each_once() {
        assert_eq!(choices(&[2, 0]).iter().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(Choices::from_bits(choices(&[0, 7]).bits().into()), choices(&[7, 0]));
        assert!(choices(&[]).is_empty());
        for wrong in [vec![8], vec![u64::MAX], vec![1, 1]] {
            assert_eq!(Choices::of(wrong.iter().copied()), None, "{wrong:?}");
        }
    }

    #[test]
    fn each_person_counts_once_however_often_they_change() {
        let (none, mut tally) = (Choices::default(), Tally::default());
        tally.change(none, choices(&[0, 1]));
        tally.change(none, choices(&[1]));
        assert_eq!((tally.voters, tally.counts[..3].to_vec()), (2, vec![1, 2, 0]));
        tally.change(choices(&[0, 1]), choices(&[2]));
        assert_eq!((tally.voters, tally.counts[..3].to_vec()), (2, vec![0, 1, 1]));
        tally.change(choices(&[1]), none);
        tally.change(choices(&[2]), none);
        tally.change(choices(&[2]), none);
        assert_eq!(tally, Tally::default(), "it never goes below zero");
        assert_eq!(Tally::from_counts(3, [1, 2]).counts, [1, 2, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn votes_are_seen_at_once_after_voting_or_at_the_end() {
        let (none, some) = (Choices::default(), choices(&[1]));
        let seen = |poll: &Poll| [none, some].map(|mine| poll.shows_votes(mine));
        assert_eq!(seen(&poll(form(false, Results::AtOnce))), [true, true]);
        assert_eq!(seen(&poll(form(false, Results::AfterVoting))), [false, true]);
        let mut at_end = poll(form(false, Results::AtEnd));
        assert_eq!(seen(&at_end), [false, false]);
        at_end.closed_at = Some(WallTime(1));
        assert_eq!(seen(&at_end), [true, true]);
    }

    #[test]
    fn a_vote_fits_the_poll_and_comes_in_time() {
        let one = poll(form(false, Results::AtOnce));
        assert_eq!(one.takes(choices(&[2]), HubTime(9)), Ok(()));
        assert_eq!(one.takes(choices(&[]), HubTime(9)), Ok(()));
        assert_eq!(one.takes(choices(&[2]), HubTime(10)), Err(Refusal::PollClosed));
        for wrong in [choices(&[3]), choices(&[0, 1])] {
            assert!(matches!(one.takes(wrong, HubTime(9)), Err(Refusal::BadRequest(_))));
        }
        let several = poll(form(true, Results::AtOnce));
        assert_eq!(several.takes(choices(&[0, 1, 2]), HubTime(9)), Ok(()));
        let closed = Poll { closed_at: Some(WallTime(0)), until: None, ..several };
        assert_eq!(closed.takes(choices(&[0]), HubTime(9)), Err(Refusal::PollClosed));
    }

    #[test]
    fn a_form_has_a_question_and_two_to_eight_different_answers() {
        let parse = |question: &str, answers: &[&str]| {
            PollForm::parse(question, answers, false, Results::AtOnce)
        };
        let good = parse(" Which\nday? ", &["Mon\tday", "Tuesday"]).unwrap();
        assert_eq!(good.question.as_str(), "Which day?");
        assert_eq!(good.answers[0].as_str(), "Mon day");
        assert!(parse("?", &["1", "2", "3", "4", "5", "6", "7", "8"]).is_ok());
        for (question, answers) in [
            ("", vec!["a", "b"]),
            ("?", vec!["a"]),
            ("?", vec!["a", " "]),
            ("?", vec!["a", "b", " a"]),
            ("?", vec!["1", "2", "3", "4", "5", "6", "7", "8", "9"]),
            (&*"x".repeat(201), vec!["a", "b"]),
            ("?", vec!["a", &*"x".repeat(61)]),
        ] {
            assert!(parse(question, &answers).is_err(), "{question} {answers:?}");
        }
    }

    #[test]
    fn results_have_names_and_numbers() {
        for results in Results::ALL {
            assert_eq!(Results::parse(results.as_str()), Some(results));
            assert_eq!(Results::from_number(results.number().into()), results);
        }
        assert_eq!(Results::parse("never"), None);
        assert_eq!(Results::from_number(9), Results::AtEnd);
    }

    #[test]
    fn it_concerns_its_room_or_all() {
        let (one, two) = (RoomId::from_random([1; 16]), RoomId::from_random([2; 16]));
        let for_one = poll(form(false, Results::AtOnce));
        assert!(for_one.concerns(one) && !for_one.concerns(two));
        assert!(Poll { room: None, ..for_one }.concerns(two));
    }
}
