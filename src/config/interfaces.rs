//! The network interfaces by which people reach the hub.

use super::types::InterfacePattern;

/// Interfaces of containers, virtual machines and tunnels. No phone is connected to them.
const SKIPPED: [&str; 11] = [
    "docker*",
    "br-*",
    "veth*",
    "virbr*",
    "vnet*",
    "lxc*",
    "tun*",
    "tap*",
    "wg*",
    "tailscale*",
    "zt*",
];

/// The host's choice of network interfaces. The loopback is never among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interfaces {
    /// If not empty, only these.
    pub only: Vec<InterfacePattern>,
    /// Those that are left out, unless `only` names them.
    pub skip: Vec<InterfacePattern>,
}

impl Default for Interfaces {
    fn default() -> Self {
        Self { only: Vec::new(), skip: SKIPPED.map(InterfacePattern::trusted).into() }
    }
}

impl Interfaces {
    /// Whether people may reach the hub by the interface with this name.
    #[must_use]
    pub fn suits(&self, name: &str) -> bool {
        let named = |list: &[InterfacePattern]| list.iter().any(|pattern| pattern.matches(name));
        if self.only.is_empty() { !named(&self.skip) } else { named(&self.only) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_and_tunnels_are_left_out_unless_named() {
        let mut interfaces = Interfaces::default();
        assert!(interfaces.suits("wlan0") && interfaces.suits("eth0"));
        assert!(
            !interfaces.suits("docker0") && !interfaces.suits("veth12") && !interfaces.suits("wg0")
        );
        interfaces.only = vec![InterfacePattern::trusted("wg0")];
        assert!(interfaces.suits("wg0") && !interfaces.suits("wlan0"));
    }
}
