//! Checks that the network which this machine makes is up, and that its DNS answers the hub's name.

use super::Finding;
use crate::config::Config;
use crate::hotspot::{Health, Machine, health};

const CHECK: &str = "hotspot";

/// The finding; `None` if this machine makes no network.
pub(super) fn check(config: &Config) -> Option<Finding> {
    health(&Machine::own()).map(|health| judge(&health, config.name.as_str()))
}

fn judge(health: &Health, hub: &str) -> Finding {
    match health {
        Health::Up { device, names, address } => {
            let wanted = format!("{hub}.local");
            let names_there = names.join(" and ");
            let seen = format!("the hotspot is up on {device}: {names_there} lead to {address}");
            if names.contains(&wanted) {
                return Finding::good(CHECK, seen);
            }
            let advice = "run `sudo colahub hotspot start` again, as before: its DNS then answers the new name";
            Finding::note(CHECK, format!("{seen}, but not {wanted}")).and_advice(advice)
        }
        Health::Down(why) => Finding::bad(
            CHECK,
            format!("the hotspot is not up: {why}"),
            "`sudo nmcli connection up colahub-hotspot` tries it and says what is missing; \
             `sudo colahub hotspot stop` gives it up",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Bad, Good, Note};
    use super::*;

    #[test]
    fn a_hotspot_has_to_be_up_and_to_know_the_name() {
        let names = vec!["cola.local".to_owned(), "cola.internal".to_owned()];
        let up = Health::Up { device: "wlan0".into(), names, address: [10, 42, 0, 1].into() };
        let seen = "the hotspot is up on wlan0: cola.local and cola.internal lead to 10.42.0.1";
        assert_eq!(judge(&up, "cola"), Finding::good(CHECK, seen));
        assert_eq!(judge(&up, "cola").verdict, Good);
        assert_eq!(judge(&up, "camp").verdict, Note);
        assert_eq!(judge(&Health::Down("no".into()), "cola").verdict, Bad);
    }
}
