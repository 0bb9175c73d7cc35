//! Checks whether the hub's name on the network resolves to this machine, and which others answer for it.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::Finding;
use super::hub::HubReport;
use crate::config::Config;
use crate::{discovery, network};

const CHECK: &str = "name";

/// How long answers from the network are waited for.
const WAIT: Duration = Duration::from_secs(3);

pub(super) fn check(config: &Config, running: Option<&HubReport>) -> Vec<Finding> {
    let twins = running.and_then(|hub| copied(&hub.twins));
    names(config, running).into_iter().chain(twins).collect()
}

/// The finding that another hub on the network has the same id, because its card is a copy.
fn copied(twins: &[String]) -> Option<Finding> {
    (!twins.is_empty()).then(|| {
        Finding::bad(
            "id",
            format!("the hub at {} has this hub's id: one card is a copy of the other", twins.join(" and ")),
            "stop one of them, run `sudo colahub new-id` there, and start it again: people are then new to it",
        )
    })
}

fn names(config: &Config, running: Option<&HubReport>) -> Vec<Finding> {
    if !config.mdns {
        let seen = "the configuration turns mDNS off: people need the address";
        return vec![Finding::note(CHECK, seen)];
    }
    let announced = running.map(|hub| &hub.announced);
    if let Some(reason) = announced.and_then(|announced| announced.reason.as_deref()) {
        let advice = "people can use the address all the same; docs/discovery.md says what to do";
        return vec![Finding::bad(CHECK, format!("the hub is not announced: {reason}"), advice)];
    }
    let name = announced
        .and_then(|announced| announced.name.clone())
        .unwrap_or_else(|| format!("{}.local", config.name));
    let host = name.trim_end_matches(".local");
    match discovery::resolve(&config.interfaces, host, WAIT) {
        Err(error) => vec![Finding::bad(CHECK, error.to_string(), "run this with sudo")],
        Ok(answers) => {
            let wish = format!("{}.local", config.name);
            let own = network::own_addresses();
            let is_starting = announced.is_some_and(|announced| announced.state == "starting");
            let mut found = vec![judge(&name, &answers, &own, running.is_some() && !is_starting)];
            if running.is_some() && name != wish {
                found.push(renamed(&name, &wish));
            }
            found
        }
    }
}

fn renamed(name: &str, wish: &str) -> Finding {
    Finding::note(CHECK, format!("{wish} belongs to another device; this hub is {name}"))
        .and_advice("`colahub discover` lists the hubs; set another `name` where two are confused")
}

fn judge(name: &str, answers: &BTreeSet<IpAddr>, own: &[IpAddr], is_running: bool) -> Finding {
    let others: Vec<String> =
        answers.iter().filter(|ip| !own.contains(ip)).map(ToString::to_string).collect();
    let has_own = answers.iter().any(|ip| own.contains(ip));
    match (has_own, others.is_empty(), is_running) {
        (true, true, _) => Finding::good(CHECK, format!("{name} leads to this machine")),
        (true, false, _) => Finding::bad(
            CHECK,
            format!("{name} leads here, but also to {}", others.join(" and ")),
            "turn that device off or give one of them another `name`; the hub gives way within minutes",
        ),
        (false, false, true) => Finding::bad(
            CHECK,
            format!("{name} leads to {}, not to this machine", others.join(" and ")),
            "set another `name`",
        ),
        (false, false, false) => Finding::note(
            CHECK,
            format!(
                "{name} belongs to {}; a hub here would get another number",
                others.join(" and ")
            ),
        ),
        (false, true, true) => Finding::bad(
            CHECK,
            format!("nobody answers for {name}, although the hub announces it"),
            "a firewall may stop UDP port 5353, or the access point may keep its clients apart",
        ),
        (false, true, false) => Finding::note(CHECK, format!("nobody has {name}; no hub runs")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Bad, Good, Note};
    use super::*;

    #[test]
    fn a_name_leads_here_elsewhere_or_nowhere() {
        let own = ["10.0.0.1".parse().unwrap()];
        let verdict = |answers: &[&str], is_running| {
            let answers = answers.iter().map(|ip| ip.parse().unwrap()).collect();
            judge("cola.local", &answers, &own, is_running).verdict
        };
        assert_eq!(verdict(&["10.0.0.1"], true), Good);
        assert_eq!(verdict(&["10.0.0.1", "10.0.0.2"], true), Bad);
        assert_eq!(verdict(&["10.0.0.2"], true), Bad);
        assert_eq!(verdict(&["10.0.0.2"], false), Note);
        assert_eq!(verdict(&[], true), Bad);
        assert_eq!(verdict(&[], false), Note);
    }

    #[test]
    fn a_copied_card_is_bad() {
        assert_eq!(copied(&[]), None);
        assert_eq!(copied(&["http://10.0.0.3".to_owned()]).unwrap().verdict, Bad);
    }
}
