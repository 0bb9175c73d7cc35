//! The ladder of a room: who may come in, who may write, and how often.

use std::time::Duration;

pub mod entry;

use super::refusal::Refusal;
use super::time::HubTime;

/// How long somebody waits between two messages in slow mode, unless the host says otherwise.
pub const EVERY: Duration = Duration::from_secs(30);

/// The longest wait between two messages.
pub const EVERY_MAX: Duration = Duration::from_secs(3_600);

/// The longest time that people must have been here, where the host asks for that.
pub const HERE_FOR_MAX: Duration = EVERY_MAX;

/// The longest time after which a room goes back to [`Mode::Open`] by itself.
pub const SPAN_MAX: Duration = Duration::from_secs(24 * 3_600);

/// A rung of the ladder. A room that has ended is no longer on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everybody may come in and write.
    Open,
    /// A person may write one message in this time, in whole seconds.
    Slow(Duration),
    /// Nobody new comes in. Members may stay, write and come back.
    ///
    /// With a time, in whole minutes, it is about how long people have been at the hub, in whichever room: who came
    /// into the first that long ago may come in, too, and who came later may stay and come back, but only reads.
    Members(Option<Duration>),
    /// Nobody writes. Everybody may come in, read and react.
    ReadOnly,
}

impl Mode {
    /// Its name on the wire and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Slow(_) => "slow",
            Self::Members(_) => "members",
            Self::ReadOnly => "read_only",
        }
    }

    /// The mode with this name; `every` is the wait in slow mode, in seconds, and ignored in the others. `here_for` is in
    /// minutes, and ignored in other modes than [`Members`](Self::Members).
    ///
    /// # Errors
    /// [`Refusal::BadRequest`] for an unknown name, a wait of zero or above [`EVERY_MAX`], or a time of zero or above
    /// [`HERE_FOR_MAX`].
    pub fn parse(name: &str, every: Option<u64>, here_for: Option<u64>) -> Result<Self, Refusal> {
        match name {
            "open" => Ok(Self::Open),
            "slow" => match every.map_or(EVERY, Duration::from_secs) {
                Duration::ZERO => Err(bad_every()),
                every if every > EVERY_MAX => Err(bad_every()),
                every => Ok(Self::Slow(every)),
            },
            "members" => {
                match here_for.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))) {
                    Some(span) if span.is_zero() || span > HERE_FOR_MAX => {
                        let most = HERE_FOR_MAX.as_secs() / 60;
                        Err(Refusal::bad(format!("hereFor must be 1 to {most} minutes")))
                    }
                    span => Ok(Self::Members(span)),
                }
            }
            "read_only" => Ok(Self::ReadOnly),
            _ => Err(Refusal::bad(
                "mode must be \"open\", \"slow\", \"members\", \"read_only\" or \"ended\"",
            )),
        }
    }

    /// The wait between two messages of a person, in seconds, in slow mode.
    #[must_use]
    pub fn every(self) -> Option<u64> {
        match self {
            Self::Slow(every) => Some(every.as_secs()),
            Self::Open | Self::Members(_) | Self::ReadOnly => None,
        }
    }

    /// How long people must have been here to come in and write, in minutes, where the host asks for that.
    #[must_use]
    pub fn here_for(self) -> Option<u64> {
        match self {
            Self::Members(span) => span.map(|span| span.as_secs() / 60),
            Self::Open | Self::Slow(_) | Self::ReadOnly => None,
        }
    }

    /// Whether somebody who was never in the room may come in. `came` is when their browser first came into a room of
    /// the hub, if it has.
    #[must_use]
    pub fn admits(self, came: Option<HubTime>, now: HubTime) -> bool {
        match self {
            Self::Members(None) => false,
            Self::Members(Some(span)) => came.is_some_and(|came| came.after(span) <= now),
            Self::Open | Self::Slow(_) | Self::ReadOnly => true,
        }
    }

    /// Refuses a person who may not write now. They last wrote at `said`, and their browser first came into a room of
    /// the hub at `came`.
    ///
    /// # Errors
    /// [`Refusal::RoomReadOnly`] without its time, or [`Refusal::SlowMode`] or [`Refusal::TooNew`] with the rest of the wait.
    pub fn may_write(
        self,
        said: Option<HubTime>,
        came: HubTime,
        now: HubTime,
    ) -> Result<(), Refusal> {
        match (self, said) {
            (Self::ReadOnly, _) => Err(Refusal::RoomReadOnly(None)),
            (Self::Slow(every), Some(said)) if now < said.after(every) => {
                Err(Refusal::SlowMode(said.after(every).since(now)))
            }
            (Self::Members(Some(span)), _) if now < came.after(span) => {
                Err(Refusal::TooNew(came.after(span).since(now)))
            }
            _ => Ok(()),
        }
    }
}

fn bad_every() -> Refusal {
    Refusal::bad(format!("every must be 1 to {} seconds", EVERY_MAX.as_secs()))
}

/// A room's mode, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomMode {
    /// The mode, until then.
    pub mode: Mode,
    /// When the room goes back to [`Mode::Open`] by itself. `None` if it does not.
    pub until: Option<HubTime>,
}

impl RoomMode {
    /// The mode of a new room.
    pub const OPEN: Self = Self { mode: Mode::Open, until: None };

    /// The mode that holds at `now`, and until when.
    #[must_use]
    pub fn at(self, now: HubTime) -> Self {
        if self.until.is_some_and(|until| until <= now) { Self::OPEN } else { self }
    }

    /// Whether nobody new comes in.
    #[must_use]
    pub fn is_shut(self) -> bool {
        matches!(self.mode, Mode::Members(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAME: HubTime = HubTime(0);

    #[test]
    fn modes_have_names_and_a_bounded_wait() {
        for name in ["open", "slow", "members", "read_only"] {
            assert_eq!(Mode::parse(name, None, None).unwrap().as_str(), name);
        }
        assert_eq!(Mode::parse("slow", None, None).unwrap().every(), Some(30));
        assert_eq!(Mode::parse("slow", Some(3_600), None).unwrap().every(), Some(3_600));
        assert_eq!(Mode::parse("members", Some(0), None).unwrap().every(), None);
        let here = Mode::parse("members", None, Some(10)).unwrap();
        assert_eq!((here.here_for(), here.every()), (Some(10), None));
        for bad in [0, 61, u64::MAX] {
            let refused = Mode::parse("members", None, Some(bad));
            assert!(matches!(refused, Err(Refusal::BadRequest(_))), "{bad}");
        }
        for (name, every) in [("slow", Some(0)), ("slow", Some(3_601)), ("OPEN", None)] {
            assert!(
                matches!(Mode::parse(name, every, None), Err(Refusal::BadRequest(_))),
                "{name}"
            );
        }
    }

    #[test]
    fn a_person_writes_once_in_the_time_of_slow_mode() {
        let slow = Mode::Slow(Duration::from_secs(10));
        let (said, ms) = (Some(HubTime(1_000)), Duration::from_millis);
        assert_eq!(slow.may_write(None, CAME, HubTime(1_000)), Ok(()));
        assert_eq!(slow.may_write(said, CAME, HubTime(1_000)), Err(Refusal::SlowMode(ms(10_000))));
        assert_eq!(slow.may_write(said, CAME, HubTime(10_999)), Err(Refusal::SlowMode(ms(1))));
        assert_eq!(slow.may_write(said, CAME, HubTime(11_000)), Ok(()));
        assert_eq!(Mode::Members(None).may_write(said, CAME, HubTime(1_000)), Ok(()));
        assert_eq!(
            Mode::ReadOnly.may_write(None, CAME, HubTime(1_000)),
            Err(Refusal::RoomReadOnly(None))
        );
    }

    #[test]
    fn whoever_has_been_here_long_enough_comes_in_and_writes() {
        let (here, ms) = (Mode::Members(Some(Duration::from_secs(600))), Duration::from_millis);
        let came = HubTime(1_000);
        let too_new = Err(Refusal::TooNew(ms(1)));
        assert_eq!(here.may_write(None, came, HubTime(600_999)), too_new);
        assert_eq!(here.may_write(None, came, HubTime(601_000)), Ok(()));
        assert!(
            !here.admits(Some(came), HubTime(600_999)) && !here.admits(None, HubTime(u64::MAX))
        );
        assert!(here.admits(Some(came), HubTime(601_000)));
        assert!(!Mode::Members(None).admits(Some(came), HubTime(u64::MAX)));
        assert!(Mode::Open.admits(None, CAME));
    }

    #[test]
    fn a_mode_ends_exactly_when_its_time_is_over() {
        let until = Some(HubTime(2_000));
        let mode = RoomMode { mode: Mode::Members(None), until };
        assert!(mode.at(HubTime(1_999)).is_shut());
        assert_eq!(mode.at(HubTime(2_000)), RoomMode::OPEN);
        assert!(RoomMode { until: None, ..mode }.at(HubTime(u64::MAX)).is_shut());
    }
}
