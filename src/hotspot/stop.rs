//! Stopping: everything is as it was before.

use super::before::{self, Before, Connection};
use super::machine::Machine;
use super::manager;
use super::{DNSMASQ, Fault, KEYFILE};

/// A hotspot that can be ended.
pub struct Stop(Before);

impl Stop {
    /// The hotspot of this machine; `None` if there is none. Changes nothing.
    ///
    /// # Errors
    /// NetworkManager does not run, or the file that says what was before cannot be read.
    pub fn make(machine: &Machine) -> Result<Option<Self>, Fault> {
        let before = Before::read(machine)?;
        if before.is_some() {
            match manager::check(machine) {
                Err(Fault::NoDnsmasq) | Ok(()) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(before.map(Self))
    }

    /// What changes, in sentences: for a host who has to agree.
    #[must_use]
    pub fn outlook(&self) -> String {
        let Before { interface, ssid, connection, config, .. } = &self.0;
        let mut text = format!("This ends the network {ssid:?} on {interface}, for good");
        match connection {
            Some(Connection { name, .. }) => {
                text.push_str(&format!(", and {interface} joins the network {name:?} again.\n"));
            }
            None => text.push_str(".\n"),
        }
        text.push_str(&format!(
            "The wifi settings in {} are those from before. An SSH session over {interface} ends.\n",
            config.display()
        ));
        text
    }

    /// Puts back what was. `tell` gets a sentence for everything that could not be.
    pub fn carry_out(&self, machine: &Machine, reload: &dyn Fn(), tell: &mut dyn FnMut(&str)) {
        put_back(machine, &self.0, reload, tell);
    }
}

/// Puts back what was before. A step that fails does not keep the others from being done.
pub(super) fn put_back(
    machine: &Machine,
    before: &Before,
    reload: &dyn Fn(),
    tell: &mut dyn FnMut(&str),
) {
    let settings = put_settings_back(machine, before, tell);
    reload();
    let forgotten = manager::forget(machine).and_then(|()| machine.delete(KEYFILE));
    let steps = [settings, machine.delete(DNSMASQ), forgotten];
    let is_whole = steps.iter().all(Result::is_ok);
    steps.into_iter().filter_map(Result::err).for_each(|why| tell(&format!("{why}.")));
    // Otherwise `stop` can be tried again.
    if is_whole && let Err(why) = machine.delete(before::FILE) {
        tell(&format!("{why}."));
    }
    // Neither keeps a hotspot from being over.
    if let Some(Connection { uuid, name }) = &before.connection
        && let Err(why) = manager::up(machine, uuid, &before.interface)
    {
        tell(&format!("{} is not in {name:?} again: {why}.", before.interface));
    }
    if before.radio_was_off
        && let Err(why) = manager::switch_off(machine)
    {
        tell(&format!("The Wi-Fi, which was off, is still on: {why}."));
    }
}

fn put_settings_back(
    machine: &Machine,
    before: &Before,
    tell: &mut dyn FnMut(&str),
) -> Result<(), Fault> {
    let Before { config, wifi, written, .. } = before;
    let Some(text) = machine.read(config)? else { return Ok(()) };
    let at = |why| Fault::Config(config.clone(), why);
    let there = before::wifi_in(&text).map_err(at)?;
    if there == *wifi {
        return Ok(());
    }
    if there != *written {
        let config = config.display();
        tell(&format!("The wifi settings in {config} were changed since: they stay as they are."));
        return Ok(());
    }
    machine.write(config, &before::with_wifi(&text, wifi).map_err(at)?, 0o644)
}
