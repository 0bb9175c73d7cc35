//! A network over Wi-Fi on a machine whose programs are scripts that answer as NetworkManager 1.42 does on a Raspberry
//! Pi. Over a cable the real one is asked: `tests/network/test_hotspot.py`.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;

const NMCLI: &str = r#"#!/bin/sh
root=$(dirname "$(dirname "$0")")
key=$root/etc/NetworkManager/system-connections/colahub-hotspot.nmconnection
echo "nmcli $*" >>"$root/log"
case "$*" in
*"RUNNING general") cat "$root/running" ;;
*"device") cat "$root/devices" ;;
*"WIFI-PROPERTIES.AP device show wlan0") echo WIFI-PROPERTIES.AP:yes ;;
*"IP4.ADDRESS device show") printf 'GENERAL.DEVICE:eth0\nIP4.ADDRESS[1]:10.42.0.5/24\n' ;;
*"-f WIFI radio") cat "$root/radio" ;;
"radio wifi "*) [ "$3" = on ] && echo enabled >"$root/radio" || echo disabled >"$root/radio" ;;
*"-f UUID connection show") [ ! -f "$key" ] || sed -n 's/^uuid=//p' "$key" ;;
*"connection show --active") [ ! -f "$root/up" ] || echo "$(cat "$root/up"):wlan0:activated" ;;
"connection load "*) ;;
*"connection up uuid "*)
  if [ -f "$root/fails" ] && [ -f "$key" ]; then
    echo 'Error: Connection activation failed: 802.1X supplicant took too long to authenticate.' >&2
    exit 4
  fi
  echo "$6" >"$root/up" ;;
*"connection delete uuid "*) rm -f "$key" "$root/up" ;;
*) exit 2 ;;
esac
"#;

const IW: &str = r#"#!/bin/sh
case "$*" in
"reg get") cat "$(dirname "$0")/../country" ;;
*"station dump") printf 'Station 02:00:00:00:00:01 (on wlan0)\n\tsignal:  \t-52 dBm\n' ;;
*) exit 2 ;;
esac
"#;

const CONFIG: &str =
    "# Ours.\nname = \"camp\"\nwifi.ssid = 'Home' # for now\nwifi.password = 'fireside'\n";

const CONFIG_FILE: &str = "/etc/colahub/config.toml";

struct Pi {
    folder: tempfile::TempDir,
    machine: Machine,
}

impl Pi {
    /// A Raspberry Pi that is in a Wi-Fi.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::new(folder.path());
        let pi = Self { folder, machine };
        pi.has("bin/nmcli", NMCLI);
        pi.has("bin/iw", IW);
        pi.has("usr/sbin/dnsmasq", "");
        pi.has("running", "running\n");
        pi.has("radio", "enabled\n");
        pi.has("country", "global\ncountry KR: DFS-JP\n");
        pi.has(
            "devices",
            "wlan0:wifi:connected:1111-2222:preconfigured\neth0:ethernet:connected:3333:office\n",
        );
        pi.has("etc/colahub/config.toml", CONFIG);
        pi
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path.trim_start_matches('/'))
    }

    fn has(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn mode(&self, path: &str) -> u32 {
        fs::metadata(self.path(path)).unwrap().permissions().mode() & 0o777
    }

    fn plan(&self, protection: Protection, country: Option<&str>) -> Result<Plan, Fault> {
        let wanted = Wanted {
            ssid: Ssid::parse("Cola").unwrap(),
            protection,
            country: country.and_then(Country::parse),
            interface: None,
            hub: "camp".to_owned(),
            config: CONFIG_FILE.into(),
        };
        Plan::make(&self.machine, wanted, [7; 16])
    }

    /// Starts the network. Returns what was said, and how often the hub was told to reload.
    fn starts(&self, protection: Protection) -> (Result<(), Fault>, String, u32) {
        let (mut said, reloads) = (String::new(), Cell::new(0));
        let plan = self.plan(protection, None).unwrap();
        let done =
            plan.carry_out(&self.machine, &|| reloads.set(reloads.get() + 1), &mut |words| {
                said.push_str(words);
            });
        (done, said, reloads.get())
    }

    fn stops(&self) -> String {
        let mut said = String::new();
        let stop = Stop::make(&self.machine).unwrap().unwrap();
        stop.carry_out(&self.machine, &|| {}, &mut |words| said.push_str(words));
        said
    }

    fn is_as_before(&self) {
        assert_eq!(self.text(CONFIG_FILE), CONFIG);
        for path in [KEYFILE, DNSMASQ, before::FILE] {
            assert!(!self.path(path).exists(), "{path}");
        }
        assert_eq!(self.text("up"), "1111-2222\n");
    }
}

fn password() -> Protection {
    Protection::Password(Password::parse("sing along").unwrap())
}

#[test]
fn a_wifi_is_made_and_everything_is_put_back() {
    let pi = Pi::new();
    let outlook = pi.plan(password(), None).unwrap().outlook();
    assert!(outlook.contains("\"Cola\", with a password, on wlan0: now, and at every start"));
    assert!(outlook.contains("wlan0 leaves the network \"preconfigured\"."));
    assert!(
        outlook.contains("An SSH session over wlan0 ends: join \"Cola\" and connect to 10.42.1.1")
    );
    assert!(!pi.path(KEYFILE).exists(), "a plan changes nothing");

    let (done, said, reloads) = pi.starts(password());
    done.unwrap();
    assert!(said.ends_with("The network is up.") && reloads == 1, "{said}");
    assert_eq!((pi.mode(KEYFILE), pi.mode(DNSMASQ), pi.mode(before::FILE)), (0o600, 0o644, 0o600));
    assert!(pi.text(KEYFILE).contains("psk=sing\\salong\n"));
    assert!(pi.text(DNSMASQ).contains("address=/camp.local/camp.internal/10.42.1.1\n"));
    assert_eq!(
        pi.text(CONFIG_FILE),
        "# Ours.\nname = \"camp\"\nwifi.ssid = \"Cola\" # for now\nwifi.password = \"sing along\"\n"
    );
    let log = pi.text("log");
    assert!(
        log.contains(&format!("nmcli --wait 60 connection up uuid {} ifname wlan0", network::UUID))
    );
    assert!(!log.contains("sing"), "the password is on a command line: {log}");

    let status = status(&pi.machine).unwrap().unwrap();
    assert!(status.up && !status.open && status.names == ["camp.local", "camp.internal"]);
    assert_eq!((status.clients.len(), status.clients[0].signal), (1, Some(-52)));
    assert!(matches!(health(&pi.machine), Some(Health::Up { device, .. }) if device == "wlan0"));

    assert_eq!(pi.stops(), "");
    pi.is_as_before();
    assert!(Stop::make(&pi.machine).unwrap().is_none() && health(&pi.machine).is_none());
}

#[test]
fn a_wifi_that_does_not_come_up_leaves_everything_as_it_was() {
    let pi = Pi::new();
    pi.has("fails", "");
    let (done, _, reloads) = pi.starts(Protection::Open);
    let why = done.unwrap_err().to_string();
    assert!(
        why.contains("everything is as it was") && why.contains("supplicant took too long"),
        "{why}"
    );
    assert_eq!(reloads, 2);
    pi.is_as_before();
}

#[test]
fn a_second_start_keeps_the_password_and_what_was_before() {
    let pi = Pi::new();
    let (done, said, _) = pi.starts(Protection::AsBefore);
    done.unwrap();
    let made = Password::from_random([7; 16]);
    assert!(said.contains(made.expose()), "{said}");
    pi.has("devices", &format!("wlan0:wifi:connected:{}:colahub-hotspot\n", network::UUID));
    let again = pi.plan(Protection::AsBefore, None).unwrap();
    assert!(!again.outlook().contains("leaves the network"), "{}", again.outlook());
    let (done, said, _) = pi.starts(Protection::AsBefore);
    done.unwrap();
    assert!(!said.contains(made.expose()));
    assert!(pi.text(CONFIG_FILE).contains(made.expose()));

    let (done, ..) = pi.starts(Protection::Open);
    done.unwrap();
    assert!(pi.text(CONFIG_FILE).contains("wifi.security = \"nopass\""));
    pi.stops();
    pi.is_as_before();
}

#[test]
fn settings_that_the_host_has_changed_since_stay() {
    let pi = Pi::new();
    pi.starts(password()).0.unwrap();
    let theirs = "wifi.ssid = 'Theirs'\nwifi.security = 'nopass'\n";
    fs::write(pi.path(CONFIG_FILE), theirs).unwrap();
    assert!(pi.stops().contains("they stay as they are"));
    assert_eq!(pi.text(CONFIG_FILE), theirs);
}

#[test]
fn a_wifi_that_was_off_for_want_of_a_country_is_on_and_off_again() {
    let pi = Pi::new();
    pi.has("radio", "disabled\n");
    pi.has("country", "global\ncountry 00: DFS-UNSET\n");
    let refused = pi.plan(password(), None).err().unwrap().to_string();
    assert!(refused.contains("add --country KR"), "{refused}");
    pi.has("usr/bin/raspi-config", "");
    pi.has("bin/raspi-config", "#!/bin/sh\necho \"$*\" >\"$(dirname \"$0\")/../country-asked\"\n");
    let plan = pi.plan(password(), Some("de")).unwrap();
    plan.carry_out(&pi.machine, &|| {}, &mut |_| {}).unwrap();
    assert_eq!(pi.text("country-asked"), "nonint do_wifi_country DE\n");
    assert_eq!(pi.text("radio"), "enabled\n");
    pi.stops();
    assert_eq!(pi.text("radio"), "disabled\n");
}

#[test]
fn a_machine_that_cannot_make_a_network_says_what_is_missing() {
    let pi = Pi::new();
    let says = |words: &str| {
        let why = pi.plan(Protection::Open, None).err().unwrap().to_string();
        assert!(why.contains(words), "{why}");
    };
    pi.has("devices", "eth0:ethernet:connected:3333:office\n");
    says("no Wi-Fi: plug an access point into its cable, and add --interface eth0");
    fs::remove_file(pi.path("usr/sbin/dnsmasq")).unwrap();
    says("apt install dnsmasq-base");
    pi.has("running", "not running\n");
    says("NetworkManager does not run");
    fs::remove_file(pi.path("bin/nmcli")).unwrap();
    says("this machine has no NetworkManager");
}
