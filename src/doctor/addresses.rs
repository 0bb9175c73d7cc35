//! Checks that phones can reach the hub at one of this machine's addresses.

use super::Finding;
use crate::config::Config;
use crate::network::{Reach, url};

const CHECK: &str = "addresses";

pub(super) fn check(config: &Config) -> Finding {
    let reach = Reach::new(config.listen.clone(), config.interfaces.clone());
    let addresses: Vec<String> = reach.addresses().iter().map(url).collect();
    judge(reach.is_open(), &addresses)
}

fn judge(is_open: bool, addresses: &[String]) -> Finding {
    if !is_open {
        return Finding::bad(
            CHECK,
            "the hub listens on this machine only",
            "set `listen` to a port alone, unless a proxy on this machine stands in front",
        );
    }
    if addresses.is_empty() {
        return Finding::bad(
            CHECK,
            "no network interface that people come by has an address",
            "plug in or join a network, or make one: `sudo colahub hotspot start --ssid NAME`. \
             `network.only` and `network.skip` choose the interfaces",
        );
    }
    Finding::good(CHECK, format!("people reach the hub at {}", addresses.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_hub_without_an_address_is_not_reached() {
        assert_eq!(judge(true, &[]).verdict, Verdict::Bad);
        assert_eq!(judge(false, &["http://127.0.0.1".into()]).verdict, Verdict::Bad);
        let good = judge(true, &["http://10.0.0.1".into(), "http://[fd00::1]".into()]);
        assert_eq!(good.seen, "people reach the hub at http://10.0.0.1 and http://[fd00::1]");
    }
}
