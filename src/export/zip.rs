//! Writes a zip as a stream: nothing is sought, so that it can go over the network, and its sum is known at its end.
//!
//! Entries are deflated. One that may exceed 4 GiB has its sizes in ZIP64's form, as have the places of entries behind
//! 4 GiB and the number of more than 65,534 entries.

use std::io::{self, Read, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Sizes and places from this one on are in ZIP64's fields.
const LARGE: u64 = 0xffff_ffff;

/// A number of entries from this one on is in ZIP64's field.
const MANY: usize = 0xffff;

/// What a program must know to read an entry: deflate; ZIP64.
const DEFLATE: u16 = 20;
const ZIP64: u16 = 45;

/// The name is UTF-8; the sizes are behind the data.
const UTF8: u16 = 1 << 11;
const BEHIND: u16 = 1 << 3;

/// The time of an entry in the zip's own form: two numbers, in steps of two seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DosTime {
    /// The time of the day.
    pub(super) time: u16,
    /// The date, from 1980 on.
    pub(super) date: u16,
}

/// The sizes and the sum of an entry's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    crc: u32,
    packed: u64,
    plain: u64,
}

/// Deflates data into a file or a zip.
#[derive(Debug)]
pub(super) struct Packed<W: Write> {
    deflate: DeflateEncoder<W>,
    crc: Crc,
    plain: u64,
}

impl<W: Write> Packed<W> {
    pub(super) fn new(to: W) -> Self {
        let deflate = DeflateEncoder::new(to, Compression::new(4));
        Self { deflate, crc: Crc::new(), plain: 0 }
    }

    /// Writes the rest. Returns what was written to, and how much it was.
    pub(super) fn finish(mut self) -> io::Result<(W, Sizes)> {
        self.deflate.try_finish()?;
        let packed = self.deflate.total_out();
        let sizes = Sizes { crc: self.crc.sum(), packed, plain: self.plain };
        Ok((self.deflate.finish()?, sizes))
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.deflate.write(bytes)?;
        if let Some(bytes) = bytes.get(..written) {
            self.crc.update(bytes);
        }
        self.plain += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        // Flushing would end a block of the compression.
        Ok(())
    }
}

#[derive(Debug)]
struct Entry {
    name: String,
    time: DosTime,
    flags: u16,
    place: u64,
    sizes: Sizes,
}

/// An entry that is written.
#[derive(Debug)]
pub(super) struct Open<'z, W: Write> {
    packed: Packed<&'z mut Counted<W>>,
    entries: &'z mut Vec<Entry>,
    entry: Entry,
    is_large: bool,
}

/// A zip that is written.
#[derive(Debug)]
pub(super) struct Zip<W: Write> {
    out: Counted<W>,
    entries: Vec<Entry>,
}

impl<W: Write> Zip<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: Counted { out, written: 0 }, entries: Vec::new() }
    }

    /// Begins an entry. `is_large`: it may exceed 4 GiB.
    pub(super) fn begin(
        &mut self,
        name: String,
        time: DosTime,
        is_large: bool,
    ) -> io::Result<Open<'_, W>> {
        let sizes = Sizes { crc: 0, packed: 0, plain: 0 };
        let entry = Entry { name, time, flags: UTF8 | BEHIND, place: self.out.written, sizes };
        entry.write_head(&mut self.out, is_large)?;
        let packed = Packed::new(&mut self.out);
        Ok(Open { packed, entries: &mut self.entries, entry, is_large })
    }

    /// Adds an entry whose data was deflated before.
    pub(super) fn add(
        &mut self,
        name: String,
        time: DosTime,
        sizes: Sizes,
        data: &mut impl Read,
    ) -> io::Result<()> {
        let entry = Entry { name, time, flags: UTF8, place: self.out.written, sizes };
        entry.write_head(&mut self.out, sizes.plain >= LARGE || sizes.packed >= LARGE)?;
        let copied = io::copy(&mut data.take(sizes.packed), &mut self.out)?;
        if copied != sizes.packed {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the directory. Returns what the zip was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let place = self.out.written;
        for entry in &self.entries {
            entry.write_directory(&mut self.out)?;
        }
        let size = self.out.written - place;
        let count = self.entries.len();
        let mut end = Vec::new();
        if count >= MANY || place >= LARGE || size >= LARGE {
            put(&mut end, &[0x50, 0x4b, 6, 6]);
            put(&mut end, &44_u64.to_le_bytes());
            put(&mut end, &ZIP64.to_le_bytes());
            put(&mut end, &ZIP64.to_le_bytes());
            put(&mut end, &[0; 8]);
            put(&mut end, &(count as u64).to_le_bytes());
            put(&mut end, &(count as u64).to_le_bytes());
            put(&mut end, &size.to_le_bytes());
            put(&mut end, &place.to_le_bytes());
            put(&mut end, &[0x50, 0x4b, 6, 7, 0, 0, 0, 0]);
            put(&mut end, &(place + size).to_le_bytes());
            put(&mut end, &1_u32.to_le_bytes());
        }
        let short = u16::try_from(count).unwrap_or(u16::MAX);
        put(&mut end, &[0x50, 0x4b, 5, 6, 0, 0, 0, 0]);
        put(&mut end, &short.to_le_bytes());
        put(&mut end, &short.to_le_bytes());
        put(&mut end, &capped(size).to_le_bytes());
        put(&mut end, &capped(place).to_le_bytes());
        put(&mut end, &[0, 0]);
        self.out.write_all(&end)?;
        self.out.flush()?;
        Ok(self.out.out)
    }
}

impl<W: Write> Open<'_, W> {
    /// Ends the entry.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let (out, sizes) = self.packed.finish()?;
        let mut behind = vec![0x50, 0x4b, 7, 8];
        put(&mut behind, &sizes.crc.to_le_bytes());
        if self.is_large {
            put(&mut behind, &sizes.packed.to_le_bytes());
            put(&mut behind, &sizes.plain.to_le_bytes());
        } else {
            let short = |size: u64| u32::try_from(size).map_err(|_| io::ErrorKind::FileTooLarge);
            put(&mut behind, &short(sizes.packed)?.to_le_bytes());
            put(&mut behind, &short(sizes.plain)?.to_le_bytes());
        }
        out.write_all(&behind)?;
        self.entry.sizes = sizes;
        self.entries.push(self.entry);
        Ok(())
    }
}

impl<W: Write> Write for Open<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.packed.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.packed.flush()
    }
}

impl Entry {
    fn write_head(&self, out: &mut impl Write, is_large: bool) -> io::Result<()> {
        let mut head = vec![0x50, 0x4b, 3, 4];
        self.put_common(&mut head, if is_large { ZIP64 } else { DEFLATE });
        let Sizes { packed, plain, .. } = self.sizes;
        let sizes = if is_large { [u32::MAX; 2] } else { [packed, plain].map(capped) };
        sizes.iter().for_each(|size| put(&mut head, &size.to_le_bytes()));
        put(&mut head, &self.name_length()?.to_le_bytes());
        put(&mut head, &(if is_large { 20_u16 } else { 0 }).to_le_bytes());
        put(&mut head, self.name.as_bytes());
        if is_large {
            put(&mut head, &[1, 0, 16, 0]);
            put(&mut head, &plain.to_le_bytes());
            put(&mut head, &packed.to_le_bytes());
        }
        out.write_all(&head)
    }

    fn write_directory(&self, out: &mut impl Write) -> io::Result<()> {
        let Sizes { packed, plain, .. } = self.sizes;
        // Only those that do not fit, in this order.
        let fields = [plain, packed, self.place];
        let extra: Vec<u8> = fields
            .iter()
            .filter(|field| **field >= LARGE)
            .flat_map(|field| field.to_le_bytes())
            .collect();
        let needs = if extra.is_empty() { DEFLATE } else { ZIP64 };
        let mut record = vec![0x50, 0x4b, 1, 2];
        // Made on Unix, so that the rights below count.
        put(&mut record, &(needs | 3 << 8).to_le_bytes());
        self.put_common(&mut record, needs);
        put(&mut record, &capped(packed).to_le_bytes());
        put(&mut record, &capped(plain).to_le_bytes());
        put(&mut record, &self.name_length()?.to_le_bytes());
        let length = u16::try_from(extra.len()).unwrap_or(0);
        put(&mut record, &(if length == 0 { 0 } else { length + 4 }).to_le_bytes());
        put(&mut record, &[0; 6]);
        put(&mut record, &(0o100_644_u32 << 16).to_le_bytes());
        put(&mut record, &capped(self.place).to_le_bytes());
        put(&mut record, self.name.as_bytes());
        if length > 0 {
            put(&mut record, &[1, 0]);
            put(&mut record, &length.to_le_bytes());
            put(&mut record, &extra);
        }
        out.write_all(&record)
    }

    /// The version that is needed, the flags, the method (8 is deflate), the time and the sum.
    fn put_common(&self, to: &mut Vec<u8>, needs: u16) {
        for number in [needs, self.flags, 8, self.time.time, self.time.date] {
            put(to, &number.to_le_bytes());
        }
        put(to, &self.sizes.crc.to_le_bytes());
    }

    fn name_length(&self) -> io::Result<u16> {
        u16::try_from(self.name.len()).map_err(|_| io::ErrorKind::InvalidFilename.into())
    }
}

/// Counts the bytes that go through it.
#[derive(Debug)]
pub(super) struct Counted<W> {
    out: W,
    written: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn put(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend_from_slice(bytes);
}

/// A size in a field of 32 bits. All ones: it is in ZIP64's field.
fn capped(size: u64) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const AT: DosTime = DosTime { time: 0, date: 0x5b7b };

    /// Python's opinion of a zip: its names and contents, after it has checked the sums.
    fn read(zip: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.zip");
        std::fs::write(&path, zip).unwrap();
        let program = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
            n = z.namelist()\nprint(len(n), [(i, z.read(i).decode()) for i in n[:3]], z.infolist()[0].date_time)";
        let run = Command::new("python3").args(["-c", program]).arg(&path).output().unwrap();
        String::from_utf8([run.stdout, run.stderr].concat()).unwrap()
    }

    #[test]
    fn a_zip_is_read_by_others_small_and_large_entries_alike() {
        let mut zip = Zip::new(Vec::new());
        for (name, is_large) in [("방.html", false), ("b", true)] {
            let mut entry = zip.begin(name.to_owned(), AT, is_large).unwrap();
            entry.write_all("콜라".as_bytes()).unwrap();
            entry.finish().unwrap();
        }
        let mut packed = Packed::new(Vec::new());
        packed.write_all(b"spooled").unwrap();
        let (data, sizes) = packed.finish().unwrap();
        zip.add("c".to_owned(), AT, sizes, &mut data.as_slice()).unwrap();
        let told = read(&zip.finish().unwrap());
        assert_eq!(
            told.trim(),
            "3 [('방.html', '콜라'), ('b', '콜라'), ('c', 'spooled')] (2025, 11, 27, 0, 0, 0)"
        );
    }

    #[test]
    fn more_entries_than_an_old_zip_holds_are_counted() {
        let mut zip = Zip::new(Vec::new());
        for number in 0..66_000 {
            zip.begin(number.to_string(), AT, false).unwrap().finish().unwrap();
        }
        let told = read(&zip.finish().unwrap());
        assert!(told.starts_with("66000 [('0', ''), ('1', ''), ('2', '')]"), "{told}");
    }

    #[test]
    fn places_behind_four_gibibytes_are_in_the_fields_for_them() {
        let mut zip = Zip::new(Vec::new());
        zip.out.written = LARGE + 7;
        zip.begin("far".to_owned(), AT, false).unwrap().finish().unwrap();
        let bytes = zip.finish().unwrap();
        let place = (LARGE + 7).to_le_bytes();
        let extra = [&[1, 0, 8, 0], place.as_slice()].concat();
        assert!(bytes.windows(12).any(|window| window == extra), "the entry's place");
        assert!(bytes.windows(4).any(|window| window == [0x50, 0x4b, 6, 6]), "the end of ZIP64");
    }
}
