//! Settings for hosts with keys of their own.

use super::{Applies, InterfacePattern, Setting};

/// The interfaces on which signed requests of hosts are accepted.
pub(super) const INTERFACES: Setting = Setting {
    key: "host.interfaces",
    applies: Applies::OnReload,
    doc: "The network interfaces on which hosts' keys are accepted; any unless set.",
    allowed: "a list of interfaces, such as \"eth0\" or \"eth*\"",
    apply: |draft, raw| {
        raw.list(InterfacePattern::parse).map(|list| draft.config.host_interfaces = list)
    },
};
