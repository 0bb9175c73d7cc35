//! Checks power and temperature, where the board reports them (Raspberry Pi, and most boards with a Linux thermal
//! zone).

use std::fs;
use std::path::Path;

use super::Finding;

/// The flags of the Raspberry Pi firmware's `get_throttled`, in hexadecimal.
const THROTTLED: &str = "/sys/devices/platform/soc/soc:firmware/get_throttled";

const TEMPERATURE: &str = "/sys/class/thermal/thermal_zone0/temp";

pub(super) fn check() -> Vec<Finding> {
    let read = |path: &str| fs::read_to_string(Path::new(path)).ok();
    let flags = read(THROTTLED).and_then(|text| u32::from_str_radix(text.trim(), 16).ok());
    let degrees = read(TEMPERATURE).and_then(|text| text.trim().parse::<i64>().ok());
    let power = flags.map(power);
    power.into_iter().chain(degrees.map(|milli| temperature(milli / 1000))).collect()
}

/// Judges the `get_throttled` flags of the Raspberry Pi firmware: bit 0 is under-voltage now, bit 16 under-voltage
/// since the board was started.
fn power(flags: u32) -> Finding {
    const CHECK: &str = "power";
    const SUPPLY: &str = "use the board's own power supply and a short, thick cable";
    if flags & 1 != 0 {
        return Finding::bad(CHECK, "the board gets too little voltage now", SUPPLY);
    }
    if flags & 1 << 16 != 0 {
        return Finding::note(CHECK, "the board got too little voltage since it was started")
            .and_advice(SUPPLY);
    }
    Finding::good(CHECK, "the board gets enough")
}

/// Judges a temperature in degrees Celsius. A Pi slows down from 80.
fn temperature(degrees: i64) -> Finding {
    const CHECK: &str = "temperature";
    match degrees {
        80.. => Finding::bad(CHECK, format!("{degrees} °C: the board slows down"), "give it air"),
        70.. => {
            Finding::note(CHECK, format!("{degrees} °C, near the 80 at which a board slows down"))
        }
        _ => Finding::good(CHECK, format!("{degrees} °C")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Bad, Good, Note};
    use super::*;

    #[test]
    fn the_firmwares_flags_are_read_as_documented() {
        assert_eq!(power(0).verdict, Good);
        assert_eq!(power(0x50005).verdict, Bad);
        assert_eq!(power(0x50000).verdict, Note);
    }

    #[test]
    fn heat_is_reported_before_it_slows_the_board() {
        assert_eq!(temperature(45).verdict, Good);
        assert_eq!(temperature(72).verdict, Note);
        assert_eq!(temperature(85).verdict, Bad);
    }
}
