//! The devices in the hotspot's network: the leases of dnsmasq, and in a Wi-Fi who is connected.

use serde::Serialize;

/// A device in the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Client {
    /// Its hardware address.
    pub hardware: String,
    /// Its address in the network, once it has one.
    pub address: Option<String>,
    /// The name that it calls itself.
    pub name: Option<String>,
    /// How well the machine hears it, in dBm, in a Wi-Fi.
    pub signal: Option<i32>,
}

/// The devices with a lease of dnsmasq's that is still valid at `now`, in seconds of Unix time.
pub(super) fn leases(file: &str, now: u64) -> Vec<Client> {
    file.lines().filter_map(|line| lease(line, now)).collect()
}

fn lease(line: &str, now: u64) -> Option<Client> {
    let mut words = line.split(' ');
    let until: u64 = words.next()?.parse().ok()?;
    let (hardware, address, name) = (words.next()?, words.next()?, words.next()?);
    // 0 is for ever.
    (until == 0 || until > now).then(|| Client {
        hardware: hardware.to_owned(),
        address: Some(address.to_owned()),
        name: Some(name.to_owned()).filter(|name| name != "*"),
        signal: None,
    })
}

/// The connected devices in the output of `iw dev … station dump`, with what their leases say of them.
pub(super) fn stations(dump: &str, leases: &[Client]) -> Vec<Client> {
    let mut found: Vec<Client> = Vec::new();
    for line in dump.lines() {
        if let Some(hardware) =
            line.strip_prefix("Station ").and_then(|rest| rest.split(' ').next())
        {
            let lease = leases.iter().find(|lease| lease.hardware == hardware).cloned();
            let hardware = hardware.to_owned();
            let unknown = Client { hardware, address: None, name: None, signal: None };
            found.push(lease.unwrap_or(unknown));
        } else if let (Some(signal), Some(client)) =
            (line.trim().strip_prefix("signal:"), found.last_mut())
        {
            client.signal = signal.split_whitespace().next().and_then(|dbm| dbm.parse().ok());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASES: &str = "1795777399 a6:8c:6d:ff:2d:4c 10.42.0.247 phone 01:a6:8c:6d:ff:2d:4c\n\
                          1795770000 02:00:00:00:00:01 10.42.0.12 * *\nduid 00:01\n";

    #[test]
    fn a_lease_counts_until_it_ends() {
        let found = leases(LEASES, 1_795_775_000);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name.as_deref(), Some("phone"));
        let all = leases(LEASES, 0);
        assert_eq!((all.len(), all[1].name.as_deref()), (2, None));
    }

    #[test]
    fn stations_have_their_signal_and_their_lease() {
        let dump = "Station a6:8c:6d:ff:2d:4c (on wlan0)\n\tinactive time:\t4 ms\n\
                    \tsignal:  \t-52 [-52] dBm\n\trx bitrate:\t72.2 MBit/s\n\
                    Station 02:00:00:00:00:09 (on wlan0)\n\tinactive time:\t8 ms\n";
        let found = stations(dump, &leases(LEASES, 0));
        assert_eq!(found[0].address.as_deref(), Some("10.42.0.247"));
        assert_eq!((found[0].signal, found[1].signal), (Some(-52), None));
        assert_eq!((found[1].hardware.as_str(), &found[1].address), ("02:00:00:00:00:09", &None));
    }
}
