//! Prepares the data that is compiled in: the page, and the table of look-alike characters.
//!
//! The table is UTS #39's, as `unicode-security` has it, packed: as that crate stores it, it would
//! take 350 kB of the program, like this 60 kB.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

/// Planes 0 to 2: beyond them nothing looks like anything else.
const LAST: u32 = 0x2_FFFF;

fn main() -> io::Result<()> {
    // Build again when the page was built again.
    println!("cargo::rerun-if-changed=web/packed");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&folder).join("look_alikes.rs"), look_alikes())
}

/// Three tables: the characters that are drawn like others, where the text of what they look
/// like begins for each (and ends for the one before), and all those texts.
fn look_alikes() -> String {
    let table: BTreeMap<char, String> = (0..=LAST).filter_map(look_alike).collect();
    let mut text = String::new();
    let mut starts = vec![0];
    for like in table.values() {
        text.push_str(like);
        starts.push(text.len());
    }
    let chars: Vec<char> = table.into_keys().collect();
    format!(
        "static CHARS: [char; {}] = {chars:?};\nstatic STARTS: [u16; {}] = {starts:?};\nstatic LIKE: &str = {text:?};\n",
        chars.len(),
        starts.len(),
    )
}

fn look_alike(code: u32) -> Option<(char, String)> {
    // Characters that decompose in NFD are looked up by their parts.
    let c = char::from_u32(code).filter(|c| c.nfd().eq([*c]))?;
    let like: String = skeleton(c.encode_utf8(&mut [0; 4])).collect();
    // Nothing is left of what is not drawn at all: that is not for this table.
    (!like.is_empty() && !like.chars().eq([c])).then_some((c, like))
}
