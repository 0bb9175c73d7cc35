//! Reads the answers of `nmcli --terse`, which are made for programs: fields between colons, and a backslash before a
//! colon or backslash inside a field.

use std::net::Ipv4Addr;

/// The fields of a line.
pub(super) fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut characters) = (Vec::new(), String::new(), line.chars());
    while let Some(character) = characters.next() {
        match character {
            '\\' => field.extend(characters.next()),
            ':' => fields.push(std::mem::take(&mut field)),
            plain => field.push(plain),
        }
    }
    fields.push(field);
    fields
}

/// The value of a property in an answer with a line for each.
pub(super) fn property(answer: &str, name: &str) -> Option<String> {
    let value = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(fields(value).join(":")).filter(|value| !value.is_empty())
}

/// What a device is, as far as a network can be made with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Wifi,
    Cable,
    Other,
}

/// A network device, as `nmcli --fields DEVICE,TYPE,STATE,CON-UUID,CONNECTION device` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// NetworkManager's word for it: `connected`, `disconnected`, `unavailable`, `unmanaged`.
    pub(super) state: String,
    /// The id and name of the connection that is active on it.
    pub(super) connection: Option<(String, String)>,
}

/// The devices in an answer.
pub(super) fn devices(answer: &str) -> Vec<Device> {
    answer.lines().filter_map(|line| device(&fields(line))).collect()
}

fn device(fields: &[String]) -> Option<Device> {
    let [name, kind, state, uuid, connection] = fields else { return None };
    let kind = match kind.as_str() {
        "wifi" => Kind::Wifi,
        "ethernet" => Kind::Cable,
        _ => Kind::Other,
    };
    let connection = (!uuid.is_empty()).then(|| (uuid.clone(), connection.clone()));
    Some(Device { name: name.clone(), kind, state: state.clone(), connection })
}

/// The IPv4 addresses of every device but one, from `nmcli --fields GENERAL.DEVICE,IP4.ADDRESS device show`.
pub(super) fn addresses_without(answer: &str, without: &str) -> Vec<Ipv4Addr> {
    let mut found = Vec::new();
    let mut is_other = true;
    for line in answer.lines() {
        if let Some(name) = line.strip_prefix("GENERAL.DEVICE:") {
            is_other = name != without;
        } else if let Some((_, address)) = line.split_once("]:").filter(|_| is_other) {
            let address = address.split('/').next().unwrap_or_default();
            found.extend(address.parse::<Ipv4Addr>());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a Raspberry Pi that is in a Wi-Fi, as NetworkManager 1.42 answers.
    const DEVICES: &str = "wlan0:wifi:connected:9c2f1a43-7bb5-4bd3-8a8d-7c0b3a2f1e11:Caf\u{e9} \\: guests\\\\\n\
        lo:loopback:connected (externally):834a8099-7ea8-4147-92b6-4e0c03235681:lo\n\
        p2p-dev-wlan0:wifi-p2p:disconnected::\n\
        eth0:ethernet:unavailable::\n";

    #[test]
    fn devices_are_read_with_colons_in_their_names() {
        let [wifi, lo, p2p, cable] = devices(DEVICES).try_into().unwrap();
        assert_eq!(
            (wifi.name.as_str(), wifi.kind, wifi.state.as_str()),
            ("wlan0", Kind::Wifi, "connected")
        );
        assert_eq!(wifi.connection.unwrap().1, "Caf\u{e9} : guests\\");
        assert_eq!((lo.kind, p2p.kind, cable.kind), (Kind::Other, Kind::Other, Kind::Cable));
        assert_eq!((cable.state.as_str(), cable.connection), ("unavailable", None));
        assert_eq!(devices("Error: NetworkManager is not running.\n\n"), []);
    }

    #[test]
    fn properties_are_read_by_their_names() {
        let answer =
            "GENERAL.STATE:20 (unavailable)\nGENERAL.HWADDR:A6\\:3F\\:AB\nGENERAL.REASON:\n";
        assert_eq!(property(answer, "GENERAL.HWADDR").unwrap(), "A6:3F:AB");
        assert_eq!(property(answer, "GENERAL.REASON"), None);
        assert_eq!(property(answer, "GENERAL"), None);
    }

    #[test]
    fn addresses_of_other_devices_are_found() {
        let answer = "GENERAL.DEVICE:eth0\nIP4.ADDRESS[1]:192.168.1.5/24\nIP4.ADDRESS[2]:10.42.0.9/16\n\n\
                      GENERAL.DEVICE:wlan0\nIP4.ADDRESS[1]:10.42.7.1/24\n\nGENERAL.DEVICE:tun0\n";
        let found = addresses_without(answer, "wlan0");
        assert_eq!(found, [Ipv4Addr::new(192, 168, 1, 5), Ipv4Addr::new(10, 42, 0, 9)]);
    }
}
