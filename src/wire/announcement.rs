//! Whether the hub is announced on the network, in `GET /api/hub`, `colahub status` and `colahub doctor`.

use serde::{Deserialize, Serialize};

use crate::discovery::Announced;

/// Whether people can find the hub by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementStatus {
    /// `off`, `starting`, `announced` or `not_announced`.
    pub state: String,
    /// The host name as people type it: `cola-2.local`.
    pub name: Option<String>,
    /// The name in browsers of services: `cola (2)`.
    pub instance: Option<String>,
    /// Why it is not announced: a sentence.
    pub reason: Option<String>,
}

impl From<Announced> for AnnouncementStatus {
    fn from(announced: Announced) -> Self {
        let plain = |state: &str| Self {
            state: state.to_owned(),
            name: None,
            instance: None,
            reason: None,
        };
        match announced {
            Announced::Off => plain("off"),
            Announced::Starting => plain("starting"),
            Announced::Yes(names) => Self {
                name: Some(names.local()),
                instance: Some(names.instance),
                ..plain("announced")
            },
            Announced::No(reason) => {
                Self { reason: Some(reason.to_string()), ..plain("not_announced") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::{Names, Reason};

    #[test]
    fn a_name_or_the_reason_is_shown() {
        let names = Names { host: "cola-2".into(), instance: "cola (2)".into() };
        let yes = AnnouncementStatus::from(Announced::Yes(names));
        assert_eq!(yes.name.as_deref(), Some("cola-2.local"));
        let no = AnnouncementStatus::from(Announced::No(Reason::NoInterface));
        assert_eq!(no.state, "not_announced");
        assert!(no.name.is_none() && no.reason.unwrap().contains("no network interface"));
    }
}
