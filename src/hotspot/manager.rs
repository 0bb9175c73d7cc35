//! NetworkManager, through `nmcli`.

use std::thread;
use std::time::{Duration, Instant};

use super::Fault;
use super::machine::Machine;
use super::network::UUID;
use super::terse::{self, Device, Kind};

/// How long a Wi-Fi that was switched on may take until it can be used.
const SWITCHED_ON: Duration = Duration::from_secs(15);

fn nmcli(machine: &Machine, args: &[&str]) -> Result<String, Fault> {
    machine.run("nmcli", args).map_err(|fault| match fault {
        Fault::NoProgram(_) => Fault::NoManager,
        other => other,
    })
}

/// Checks that NetworkManager runs, and that it can share a connection.
pub(super) fn check(machine: &Machine) -> Result<(), Fault> {
    // `nmcli` succeeds in any case.
    let running = nmcli(machine, &["-t", "-f", "RUNNING", "general"])?;
    if running.trim() != "running" {
        return Err(Fault::NotRunning);
    }
    let has_dnsmasq = machine.path("/usr/sbin/dnsmasq").exists();
    if has_dnsmasq { Ok(()) } else { Err(Fault::NoDnsmasq) }
}

/// All network devices.
pub(super) fn devices(machine: &Machine) -> Result<Vec<Device>, Fault> {
    let answer = nmcli(machine, &["-t", "-f", "DEVICE,TYPE,STATE,CON-UUID,CONNECTION", "device"])?;
    Ok(terse::devices(&answer))
}

/// The device for the network: the named one, or else the machine's Wi-Fi.
pub(super) fn choose(mut devices: Vec<Device>, named: Option<&str>) -> Result<Device, Fault> {
    devices.retain(|device| device.kind != Kind::Other);
    let names = |kind| {
        let those = devices.iter().filter(|device| device.kind == kind);
        those.map(|device| device.name.clone()).collect::<Vec<_>>()
    };
    let (wifis, cables) = (names(Kind::Wifi), names(Kind::Cable));
    let name = match (named, wifis.as_slice()) {
        (Some(named), _) => named.to_owned(),
        (None, [only]) => only.clone(),
        (None, []) => return Err(Fault::NoWifi(cables)),
        (None, _) => return Err(Fault::ManyWifis(wifis)),
    };
    let all = wifis.into_iter().chain(cables).collect();
    let found = devices.into_iter().find(|device| device.name == name);
    let device = found.ok_or(Fault::NoDevice(name, all))?;
    if device.state == "unmanaged" {
        return Err(Fault::Unmanaged(device.name));
    }
    Ok(device)
}

/// Checks that this Wi-Fi can be an access point.
pub(super) fn check_access_point(machine: &Machine, device: &str) -> Result<(), Fault> {
    let answer = nmcli(machine, &["-t", "-f", "WIFI-PROPERTIES.AP", "device", "show", device])?;
    match terse::property(&answer, "WIFI-PROPERTIES.AP").as_deref() {
        Some("no") => Err(Fault::NoAccessPoint(device.to_owned())),
        _ => Ok(()),
    }
}

/// The addresses of the machine's other devices.
pub(super) fn addresses_without(
    machine: &Machine,
    device: &str,
) -> Result<Vec<std::net::Ipv4Addr>, Fault> {
    let answer = nmcli(machine, &["-t", "-f", "GENERAL.DEVICE,IP4.ADDRESS", "device", "show"])?;
    Ok(terse::addresses_without(&answer, device))
}

/// Whether the machine's Wi-Fi is switched on.
pub(super) fn is_radio_on(machine: &Machine) -> Result<bool, Fault> {
    Ok(nmcli(machine, &["-t", "-f", "WIFI", "radio"])?.trim() == "enabled")
}

/// Switches the Wi-Fi on, and waits until the device can be used.
pub(super) fn switch_on(machine: &Machine, device: &str) -> Result<(), Fault> {
    nmcli(machine, &["radio", "wifi", "on"])?;
    let begun = Instant::now();
    let is_there = || -> Result<bool, Fault> {
        let devices = devices(machine)?;
        Ok(devices.iter().any(|own| own.name == device && own.state != "unavailable"))
    };
    while !is_there()? && begun.elapsed() < SWITCHED_ON {
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Switches the Wi-Fi off.
pub(super) fn switch_off(machine: &Machine) -> Result<(), Fault> {
    nmcli(machine, &["radio", "wifi", "off"]).map(drop)
}

/// Reads the connection in this file, again if it is known already.
pub(super) fn load(machine: &Machine, path: &str) -> Result<(), Fault> {
    let path = machine.path(path);
    nmcli(machine, &["connection", "load", &path.to_string_lossy()])?;
    // `nmcli` succeeds for a file that NetworkManager has rejected.
    if is_known(machine)? {
        return Ok(());
    }
    let why = "`journalctl -u NetworkManager` says why";
    Err(Fault::Said(format!("NetworkManager does not take {}: {why}", path.display())))
}

/// Whether NetworkManager has the hotspot's connection.
fn is_known(machine: &Machine) -> Result<bool, Fault> {
    let all = nmcli(machine, &["-t", "-f", "UUID", "connection", "show"])?;
    Ok(all.lines().any(|uuid| uuid == UUID))
}

/// Brings a connection up, and waits until it is.
pub(super) fn up(machine: &Machine, uuid: &str, device: &str) -> Result<(), Fault> {
    nmcli(machine, &["--wait", "60", "connection", "up", "uuid", uuid, "ifname", device]).map(drop)
}

/// Ends the hotspot's connection and deletes it with its file, if NetworkManager has it.
pub(super) fn forget(machine: &Machine) -> Result<(), Fault> {
    if is_known(machine)? {
        nmcli(machine, &["--wait", "20", "connection", "delete", "uuid", UUID])?;
    }
    Ok(())
}

/// The device on which the hotspot is up.
pub(super) fn active(machine: &Machine) -> Result<Option<String>, Fault> {
    let fields = ["-t", "-f", "UUID,DEVICE,STATE", "connection", "show", "--active"];
    let answer = nmcli(machine, &fields)?;
    let device = |line: &str| match terse::fields(line).as_slice() {
        [uuid, device, state] if uuid == UUID && state == "activated" => Some(device.clone()),
        _ => None,
    };
    Ok(answer.lines().find_map(device))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, kind: Kind, state: &str) -> Device {
        Device { name: name.into(), kind, state: state.into(), connection: None }
    }

    #[test]
    fn the_wifi_is_taken_unless_another_device_is_named() {
        let wifi = || device("wlan0", Kind::Wifi, "disconnected");
        let cable = || device("eth0", Kind::Cable, "unavailable");
        let name = |devices, named| choose(devices, named).map(|device| device.name);
        assert_eq!(name(vec![cable(), wifi()], None).unwrap(), "wlan0");
        assert_eq!(name(vec![cable(), wifi()], Some("eth0")).unwrap(), "eth0");

        let says = |devices, named, words: &str| {
            let fault = choose(devices, named).unwrap_err().to_string();
            assert!(fault.contains(words), "{fault}");
        };
        says(vec![cable()], None, "--interface eth0");
        says(vec![], None, "no Wi-Fi");
        says(vec![wifi(), device("wlan1", Kind::Wifi, "")], None, "wlan0 or wlan1");
        says(vec![wifi(), cable()], Some("wlan9"), "wlan0 or eth0");
        says(vec![device("lo", Kind::Other, "")], Some("lo"), "no network device lo");
        says(vec![device("wlan0", Kind::Wifi, "unmanaged")], None, "does not manage wlan0");
    }
}
