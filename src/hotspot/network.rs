//! The network that a hotspot makes, and the files that describe it to NetworkManager and to its dnsmasq.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::terse::Kind;

/// The id of the hotspot's connection. It is the same on every machine, so that it can be found again.
pub(super) const UUID: &str = "5f0a2c1e-6c0b-4f0e-9d55-c01a00b07e11";

/// The name of the connection, as `nmcli` lists it.
pub(super) const CONNECTION: &str = "colahub-hotspot";

/// A name of a Wi-Fi: 1 to 32 bytes (IEEE 802.11), without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ssid(String);

impl Ssid {
    /// Parses a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_good = (1..=32).contains(&text.len()) && !text.chars().any(char::is_control);
        is_good.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password for WPA2: 8 to 63 printable ASCII characters (IEEE 802.11, annex J.4.1).
// No `Debug`: it must not get into logs and errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Letters and digits that people do not confuse when they read or type them.
const LETTERS: &[u8; 20] = b"acdefhjkmnpqrtwxy347";

impl Password {
    /// Parses a password.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_printable = text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
        (is_printable && (8..=63).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// Makes a password from random bytes: twelve letters (52 bits) in three groups.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let mut number = u128::from_le_bytes(bytes);
        let mut text = String::new();
        for place in 0..12 {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            let count = LETTERS.len() as u128;
            text.push(char::from(LETTERS[usize::try_from(number % count).unwrap_or(0)]));
            number /= count;
        }
        Self(text)
    }

    /// The password itself. Only for code that has to send or show it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The network.
pub(super) struct Network {
    pub(super) ssid: Ssid,
    /// `None` is an open network.
    pub(super) password: Option<Password>,
    pub(super) interface: String,
    pub(super) kind: Kind,
    /// The machine's own address in the network.
    pub(super) address: Ipv4Addr,
    /// The hub's name, without `.local`.
    pub(super) hub: String,
}

impl Network {
    /// The connection, as NetworkManager keeps it in a file (nm-settings-keyfile(5)). In a file of root's, and not on a
    /// command line, so that other users cannot read the password.
    ///
    /// WPA2 with CCMP alone. Protected management frames are off, since not every chip and phone can do them;
    /// NetworkManager then offers no WPA3 either.
    pub(super) fn keyfile(&self) -> String {
        let Self { interface, address, .. } = self;
        let is_wifi = self.kind == Kind::Wifi;
        let kind = if is_wifi { "wifi" } else { "ethernet" };
        let mut text = format!(
            "# Written by `colahub hotspot start`; `colahub hotspot stop` deletes it.\n\
             [connection]\nid={CONNECTION}\nuuid={UUID}\ntype={kind}\ninterface-name={interface}\n\
             autoconnect=true\nautoconnect-priority=100\n\n"
        );
        if is_wifi {
            let _ =
                write!(text, "[wifi]\nmode=ap\nband=bg\nssid={}\n\n", bytes(self.ssid.as_str()));
        }
        if let (true, Some(password)) = (is_wifi, &self.password) {
            let psk = escaped(password.expose());
            let _ = write!(
                text,
                "[wifi-security]\nkey-mgmt=wpa-psk\nproto=rsn;\npairwise=ccmp;\ngroup=ccmp;\npmf=1\n\
                 psk={psk}\n\n"
            );
        }
        let _ = write!(
            text,
            "[ipv4]\nmethod=shared\naddress1={address}/24\n\n[ipv6]\nmethod=link-local\n"
        );
        text
    }

    /// The names that the network's own DNS answers: for phones that ask plain DNS for `.local`, as Android 11 and
    /// older do. `.internal` is reserved for private use, so nobody on the internet can have it.
    pub(super) fn names(&self) -> [String; 2] {
        ["local", "internal"].map(|top| format!("{}.{top}", self.hub))
    }

    /// The file for dnsmasq, with which NetworkManager serves a shared connection. `local`: queries of other types are
    /// answered as empty instead of being passed on.
    pub(super) fn dnsmasq(&self) -> String {
        let names = self.names().join("/");
        format!(
            "# Written by `colahub hotspot start`; `colahub hotspot stop` deletes it.\n\
             address=/{names}/{}\nlocal=/{names}/\n",
            self.address
        )
    }
}

/// The names and the address in a file for dnsmasq.
pub(super) fn names_in(dnsmasq: &str) -> Option<(Vec<String>, Ipv4Addr)> {
    let answer = dnsmasq.lines().find_map(|line| line.strip_prefix("address=/"))?;
    let (names, address) = answer.rsplit_once('/')?;
    Some((names.split('/').map(str::to_owned).collect(), address.parse().ok()?))
}

/// The first address 10.42.N.1, as NetworkManager itself chooses, whose network has none of the machine's other addresses.
pub(super) fn free_address(taken: &[Ipv4Addr]) -> Option<Ipv4Addr> {
    let is_free = |third: &u8| !taken.iter().any(|ip| ip.octets()[..3] == [10, 42, *third]);
    (0..=255).find(is_free).map(|third| Ipv4Addr::new(10, 42, third, 1))
}

/// An SSID as a list of bytes, which cannot be mistaken for anything else: a text of digits and semicolons could.
fn bytes(ssid: &str) -> String {
    ssid.bytes().fold(String::new(), |text, byte| text + &format!("{byte};"))
}

/// A text as a value of a keyfile.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(' ', "\\s")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(kind: Kind, password: Option<&str>) -> Network {
        Network {
            ssid: Ssid::parse("Cola;").unwrap(),
            password: password.and_then(Password::parse),
            interface: "wlan0".to_owned(),
            kind,
            address: Ipv4Addr::new(10, 42, 0, 1),
            hub: "camp".to_owned(),
        }
    }

    #[test]
    fn a_wifi_is_an_access_point_that_shares() {
        let text = network(Kind::Wifi, Some("sing a\\long ")).keyfile();
        let (_, text) = text.split_once("[connection]\n").unwrap();
        assert_eq!(
            text,
            "id=colahub-hotspot\nuuid=5f0a2c1e-6c0b-4f0e-9d55-c01a00b07e11\ntype=wifi\n\
             interface-name=wlan0\nautoconnect=true\nautoconnect-priority=100\n\n\
             [wifi]\nmode=ap\nband=bg\nssid=67;111;108;97;59;\n\n\
             [wifi-security]\nkey-mgmt=wpa-psk\nproto=rsn;\npairwise=ccmp;\ngroup=ccmp;\npmf=1\n\
             psk=sing\\sa\\\\long\\s\n\n\
             [ipv4]\nmethod=shared\naddress1=10.42.0.1/24\n\n[ipv6]\nmethod=link-local\n"
        );
    }

    #[test]
    fn an_open_wifi_and_a_cable_have_no_password() {
        let open = network(Kind::Wifi, None).keyfile();
        assert!(open.contains("mode=ap") && !open.contains("security"), "{open}");
        let cable = network(Kind::Cable, Some("sing along")).keyfile();
        assert!(cable.contains("type=ethernet") && cable.contains("method=shared"), "{cable}");
        assert!(!cable.contains("ssid") && !cable.contains("psk"), "{cable}");
    }

    #[test]
    fn the_dns_answers_both_names_and_they_are_read_back() {
        let text = network(Kind::Wifi, None).dnsmasq();
        assert!(text.ends_with(
            "address=/camp.local/camp.internal/10.42.0.1\nlocal=/camp.local/camp.internal/\n"
        ));
        let names = ["camp.local", "camp.internal"].map(str::to_owned).to_vec();
        assert_eq!(names_in(&text), Some((names, Ipv4Addr::new(10, 42, 0, 1))));
        assert_eq!(names_in("# nothing\n"), None);
    }

    #[test]
    fn the_address_is_one_of_a_network_that_is_not_there_yet() {
        let free = |taken: &[[u8; 4]]| {
            free_address(&taken.iter().copied().map(Ipv4Addr::from).collect::<Vec<_>>())
        };
        assert_eq!(free(&[[192, 168, 0, 1]]), Some(Ipv4Addr::new(10, 42, 0, 1)));
        assert_eq!(free(&[[10, 42, 0, 77], [10, 42, 1, 1]]), Some(Ipv4Addr::new(10, 42, 2, 1)));
    }

    #[test]
    fn names_and_passwords_are_those_of_the_standard() {
        assert!(Ssid::parse(&"a".repeat(32)).is_some() && Ssid::parse("콜라 허브").is_some());
        for bad in ["", "a\nb", &"a".repeat(33), &"콜".repeat(11)] {
            assert!(Ssid::parse(bad).is_none(), "{bad:?}");
        }
        assert!(
            Password::parse("12345678").is_some() && Password::parse(&"a".repeat(63)).is_some()
        );
        for bad in ["1234567", &"a".repeat(64), "비밀번호비밀번호", "1234567\n"] {
            assert!(Password::parse(bad).is_none(), "{bad:?}");
        }
        let made = Password::from_random([0x5a; 16]);
        assert!(Password::parse(made.expose()).is_some() && made.expose().len() == 14);
        assert_ne!(made.expose(), Password::from_random([0xa5; 16]).expose());
    }
}
