//! The country whose rules the Wi-Fi follows. Without one, Raspberry Pi OS keeps the Wi-Fi switched off.

use super::Fault;
use super::machine::Machine;

/// A country: two capital letters (ISO 3166-1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl Country {
    /// Parses a country in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_good = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_good.then(|| Self(text.to_ascii_uppercase()))
    }

    /// Its letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the machine knows a country. A machine without `iw` is trusted to.
pub(super) fn is_known(machine: &Machine) -> bool {
    machine.run("iw", &["reg", "get"]).map_or(true, |answer| is_set(&answer))
}

/// Whether `iw reg get` names a country for the whole machine: 00 is the world, which allows the least.
fn is_set(answer: &str) -> bool {
    let country = answer.lines().find_map(|line| line.strip_prefix("country "));
    country.is_some_and(|country| !country.starts_with("00"))
}

/// Sets the country. On Raspberry Pi OS for good, with the system's own tool, which also switches the Wi-Fi on;
/// elsewhere until the machine's next start. Returns whether it is for good.
pub(super) fn set(machine: &Machine, Country(country): &Country) -> Result<bool, Fault> {
    let wrong = |why: Fault| Fault::Country(country.clone(), why.to_string());
    if machine.path("/usr/bin/raspi-config").exists() {
        machine.run("raspi-config", &["nonint", "do_wifi_country", country]).map_err(wrong)?;
        return Ok(true);
    }
    machine.run("iw", &["reg", "set", country]).map_err(wrong)?;
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters() {
        assert_eq!(Country::parse("kr").unwrap().as_str(), "KR");
        for bad in ["", "K", "KOR", "K1", "한"] {
            assert_eq!(Country::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_world_is_no_country() {
        let world = "global\ncountry 00: DFS-UNSET\n\t(755 - 928 @ 2), (N/A, 20)\n\n";
        assert!(!is_set(world) && !is_set(""));
        // A chip with rules of its own, as in Raspberry Pis.
        assert!(!is_set(&format!("{world}phy#0 (self-managed)\ncountry 99: DFS-UNSET\n")));
        assert!(is_set("global\ncountry KR: DFS-JP\n"));
    }
}
