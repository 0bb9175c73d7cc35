//! The wireless network that the join page tells people to join.

use std::fmt;

use super::problem::Problem;

/// A wireless network to join before the hub can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wifi {
    /// The network's name: 1 to 32 bytes.
    pub ssid: String,
    /// How the network is protected.
    pub security: WifiSecurity,
    /// Its password; `None` only if the network is open.
    pub password: Option<Secret>,
}

/// How a wireless network is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WifiSecurity {
    /// WPA, WPA2 or WPA3 with a password.
    #[default]
    Wpa,
    /// WEP, which is broken, but which old routers still use.
    Wep,
    /// Open: no password.
    Open,
}

impl WifiSecurity {
    /// Parses `WPA`, `WEP` or `nopass`, the words of QR codes for wireless networks.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "WPA" => Some(Self::Wpa),
            "WEP" => Some(Self::Wep),
            "nopass" => Some(Self::Open),
            _ => None,
        }
    }

    /// The word for it in QR codes for wireless networks.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wpa => "WPA",
            Self::Wep => "WEP",
            Self::Open => "nopass",
        }
    }
}

/// A text that `Debug` does not show, so that it never appears in logs and errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text itself. Only for code that has to send or show it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

/// The three settings of a network while they are being read, in any order.
#[derive(Default)]
pub(super) struct WifiDraft {
    pub(super) ssid: Option<String>,
    pub(super) security: Option<WifiSecurity>,
    pub(super) password: Option<Secret>,
}

impl WifiDraft {
    /// The network, if one is configured.
    ///
    /// # Errors
    /// The three settings contradict each other.
    pub(super) fn finish(self) -> Result<Option<Wifi>, Problem> {
        let Some(ssid) = self.ssid else {
            return match (self.security, self.password) {
                (None, None) => Ok(None),
                _ => {
                    Err(Problem::Contradiction("wifi.ssid is missing, but other wifi keys are set"))
                }
            };
        };
        let security = self.security.unwrap_or_default();
        check_password(security, self.password.as_ref())?;
        Ok(Some(Wifi { ssid, security, password: self.password }))
    }
}

fn check_password(security: WifiSecurity, password: Option<&Secret>) -> Result<(), Problem> {
    const WPA_MIN_BYTES: usize = 8;
    let contradiction = match (security, password) {
        (WifiSecurity::Open, Some(_)) => {
            "wifi.password is set, but wifi.security is \"nopass\": leave one of them out"
        }
        (WifiSecurity::Wpa | WifiSecurity::Wep, None) => {
            "wifi.password is missing; an open network has wifi.security = \"nopass\""
        }
        (WifiSecurity::Wpa, Some(password)) if password.0.len() < WPA_MIN_BYTES => {
            "wifi.password is too short: WPA asks for 8 characters or more"
        }
        _ => return Ok(()),
    };
    Err(Problem::Contradiction(contradiction))
}

/// Parses a network's name: at most 32 bytes (IEEE 802.11).
pub(super) fn ssid(text: &str) -> Option<String> {
    (1..=32).contains(&text.len()).then(|| text.to_owned())
}

/// Parses a network's password. The longest is a WPA key of 64 hexadecimal digits.
pub(super) fn password(text: &str) -> Option<Secret> {
    (1..=64).contains(&text.len()).then(|| Secret(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(
        name: Option<&str>,
        security: Option<WifiSecurity>,
        secret: Option<&str>,
    ) -> Result<Option<Wifi>, String> {
        WifiDraft { ssid: name.and_then(ssid), security, password: secret.and_then(password) }
            .finish()
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_network_is_wpa_unless_it_says_otherwise() {
        let wifi = draft(Some("Camp"), None, Some("fireside")).unwrap().unwrap();
        assert_eq!(wifi.security, WifiSecurity::Wpa);
        assert_eq!(wifi.password.unwrap().expose(), "fireside");

        let open = draft(Some("Camp"), Some(WifiSecurity::Open), None).unwrap().unwrap();
        assert_eq!(open.password, None);
        assert_eq!(draft(None, None, None), Ok(None));
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        let says = |result: Result<Option<Wifi>, String>, words: &str| {
            let problem = result.unwrap_err();
            assert!(problem.contains(words), "{problem}");
        };
        says(draft(None, None, Some("fireside")), "wifi.ssid is missing");
        says(draft(Some("Camp"), None, None), "wifi.password is missing");
        says(draft(Some("Camp"), None, Some("1234567")), "too short");
        says(draft(Some("Camp"), Some(WifiSecurity::Open), Some("fireside")), "leave one");
    }

    #[test]
    fn the_words_of_security_are_those_of_the_qr_code() {
        for security in [WifiSecurity::Wpa, WifiSecurity::Wep, WifiSecurity::Open] {
            assert_eq!(WifiSecurity::parse(security.as_str()), Some(security));
        }
        assert_eq!(WifiSecurity::parse("wpa2"), None);
    }

    #[test]
    fn a_secret_does_not_show_in_debug() {
        let wifi = draft(Some("Camp"), None, Some("fireside")).unwrap();
        assert!(!format!("{wifi:?}").contains("fireside"));
    }
}
