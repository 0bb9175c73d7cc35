//! The data folder, and the disk that it is on.

pub(in crate::store) mod files;
pub(in crate::store) mod folder;
pub(in crate::store) mod space;
pub(in crate::store) mod volatile;
