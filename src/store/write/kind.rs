//! What the writer has to know of a write before it carries it out.

use super::{Deed, HostAct, Prepare, Write};

impl Write {
    /// Whether it deletes content, which then has to disappear from the file, too.
    pub(in crate::store) fn deletes(&self) -> bool {
        match self {
            Self::TakeBack(_) | Self::ClosePoll(..) => true,
            Self::Host(HostAct { deed, .. }) => {
                // With those of the questions that wait.
                matches!(
                    deed,
                    Deed::Delete(_)
                        | Deed::TakeBack(..)
                        | Deed::ClosePoll(_)
                        | Deed::DropHeld(_)
                        | Deed::Close(_)
                        | Deed::Mute(_)
                        | Deed::Ban(_)
                )
            }
            _ => false,
        }
    }

    /// Whether it adds data, so that it is refused on a full disk.
    pub(in crate::store) fn adds(&self) -> bool {
        matches!(
            self,
            Self::Room(_)
                | Self::FirstRoom(_)
                | Self::Say(_)
                | Self::Report(_)
                | Self::VotePoll(_)
                | Self::Host(HostAct {
                    deed: Deed::Create(_)
                        | Deed::CreateOnce(_)
                        | Deed::Say(_)
                        | Deed::Announce(..)
                        | Deed::AnnounceOnce(..)
                        | Deed::MakePoll(_)
                        | Deed::Prepare(Prepare::New(_))
                        | Deed::LetThrough(_),
                    ..
                })
        )
    }
}

impl Deed {
    /// Whether questions that wait are dropped with it, if there are any.
    pub(in crate::store) fn may_drop_questions(&self) -> bool {
        matches!(self, Self::Mute(_) | Self::Ban(_) | Self::Close(_) | Self::Delete(_))
    }
}
