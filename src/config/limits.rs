//! Reads the limits as a host gives them: a profile, and changes to single numbers. The profile may come after the
//! changes, so these are collected and applied last.

use std::ops::RangeInclusive;

use super::raw::{NotAllowed, Raw};
use super::types::{self, Profile};
use crate::domain::limits::Limits;
use crate::domain::throttle::Rate;

/// Selects one number of the limits.
type Spot<T> = fn(&mut Limits) -> &mut T;

/// Sets one number to another value than the profile's.
type Change = Box<dyn FnOnce(&mut Limits)>;

/// Limits that are still being filled in.
#[derive(Default)]
pub(super) struct LimitsDraft {
    pub(super) profile: Profile,
    changes: Vec<Change>,
}

impl LimitsDraft {
    pub(super) fn number(
        &mut self,
        raw: &Raw,
        range: RangeInclusive<usize>,
        spot: Spot<usize>,
    ) -> Result<(), NotAllowed> {
        raw.number(range).map(|number| self.change(number, spot))
    }

    pub(super) fn size(&mut self, raw: &Raw, spot: Spot<usize>) -> Result<(), NotAllowed> {
        raw.text(types::message_size).map(|size| self.change(size, spot))
    }

    pub(super) fn unread(&mut self, raw: &Raw, spot: Spot<usize>) -> Result<(), NotAllowed> {
        raw.text(types::unread).map(|size| self.change(size, spot))
    }

    pub(super) fn answers(&mut self, raw: &Raw, spot: Spot<usize>) -> Result<(), NotAllowed> {
        raw.text(types::answers_size).map(|size| self.change(size, spot))
    }

    pub(super) fn rate(&mut self, raw: &Raw, spot: Spot<Rate>) -> Result<(), NotAllowed> {
        raw.text(types::rate).map(|rate| self.change(rate, spot))
    }

    fn change<T: 'static>(&mut self, value: T, spot: Spot<T>) {
        self.changes.push(Box::new(move |limits| *spot(limits) = value));
    }

    /// The profile's limits with all changes. The last change of a number counts.
    pub(super) fn finish(self) -> Limits {
        let mut limits = match self.profile {
            Profile::Event => Limits::EVENT,
            Profile::Nat => Limits::NAT,
            Profile::Off => Limits::OFF,
        };
        for change in self.changes {
            change(&mut limits);
        }
        limits
    }
}
