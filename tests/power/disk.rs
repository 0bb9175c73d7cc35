//! The model of a disk: what may be on it after a power cut, computed from the hub's file operations.
//!
//! The model is what SQLite assumes of a disk, and no more:
//! - What was written to a file is there for certain once a sync of the file has returned. Until then
//!   each write is there, or not, or in part: sectors of 512 bytes are whole, in any order. A file
//!   that grew may have its new length without its new bytes; they are zero then.
//! - What was done to a folder (a file made, renamed, removed) is there for certain once the folder
//!   was synced. Until then it may be undone, the last first: file systems keep that order.
//! - A sector that was not written to does not change.

use std::collections::{BTreeMap, HashMap};

use crate::dice::Dice;

/// Something done to the files, as record.c has written it down.
#[derive(Debug)]
pub struct Done {
    /// When it began, on the system's monotonic clock, ns.
    pub begun: u64,
    pub what: What,
}

/// What was done. Files are named by their inodes, paths are relative to the recorded folder.
#[derive(Debug)]
pub enum What {
    Create {
        path: String,
        file: u64,
    },
    MakeFolder {
        path: String,
        file: u64,
    },
    Write {
        file: u64,
        at: usize,
        data: Vec<u8>,
    },
    Truncate {
        file: u64,
        size: usize,
    },
    /// `folds` where a checkpoint begins with it: what is done next is a write to the database.
    Sync {
        file: u64,
        folds: bool,
    },
    Remove {
        path: String,
    },
    Rename {
        from: String,
        to: String,
    },
}

/// The records of a log, in order.
pub fn read_log(log: &[u8], folder: &str) -> Vec<Done> {
    let relative = |path: &[u8]| {
        let path = std::str::from_utf8(path).unwrap().strip_prefix(folder).unwrap();
        path.trim_start_matches('/').to_owned()
    };
    let (mut done, mut rest) = (Vec::new(), log);
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(40);
        let small = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
        let large = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
        let (path, tail) = tail.split_at(small(4) as usize);
        let (data, tail) = tail.split_at(usize::try_from(large(32)).unwrap());
        rest = tail;
        let (file, begun, at) = (large(8), large(16), usize::try_from(large(24)).unwrap());
        let what = match small(0) {
            1 => What::Create { path: relative(path), file },
            2 => What::MakeFolder { path: relative(path), file },
            3 => What::Write { file, at, data: data.to_vec() },
            4 => What::Truncate { file, size: at },
            5 => What::Sync { file, folds: false },
            6 => What::Remove { path: relative(path) },
            7 => What::Rename { from: relative(path), to: relative(data) },
            _ => panic!("the recorder does not know {}", String::from_utf8_lossy(path)),
        };
        done.push(Done { begun, what });
    }
    find_checkpoints(&mut done);
    done
}

/// A checkpoint syncs the WAL, and its folder where that was not synced before, and then writes to
/// the database.
fn find_checkpoints(done: &mut [Done]) {
    let mut created = done.iter().filter_map(|done| match &done.what {
        What::Create { path, file } if path.ends_with("/hub.sqlite3") => Some(*file),
        _ => None,
    });
    let database = created.next_back();
    let folders: Vec<u64> = (done.iter())
        .filter_map(|done| match &done.what {
            What::MakeFolder { file, .. } => Some(*file),
            _ => None,
        })
        .collect();
    let mut is_next = false;
    for Done { what, .. } in done.iter_mut().rev() {
        match what {
            What::Sync { file, .. } if folders.contains(file) => {}
            What::Sync { folds, .. } => *folds = std::mem::take(&mut is_next),
            What::Write { file, .. } => is_next = Some(*file) == database,
            _ => is_next = false,
        }
    }
}

/// Which syncs of SQLite's there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// As the hub has it.
    Full,
    /// As it would be with `synchronous=NORMAL`: a commit does not sync the WAL, a checkpoint does.
    Normal,
}

/// The disk after some of what was done.
pub struct Disk {
    synchronous: Synchronous,
    files: Vec<File>,
    /// Which file an inode is now.
    inodes: HashMap<u64, usize>,
    folders: HashMap<u64, String>,
    /// The folders' entries that are durable.
    tree: BTreeMap<String, Node>,
    /// The changes to the folders since their last sync.
    unsynced: Vec<Change>,
}

#[derive(Debug, Clone, Copy)]
enum Node {
    File(usize),
    Folder,
}

/// Done to a folder.
#[derive(Debug, Clone)]
enum Change {
    Add(String, Node),
    Remove(String),
    Rename(String, String),
}

#[derive(Debug, Default)]
struct File {
    is_wal: bool,
    /// The contents that are durable.
    synced: Vec<u8>,
    unsynced: Vec<Piece>,
    /// Frames of a WAL since it was last asked to sync.
    frames: usize,
}

#[derive(Debug)]
enum Piece {
    Write { at: usize, data: Vec<u8> },
    Truncate(usize),
}

const SECTOR: usize = 512;

impl Disk {
    pub fn new(synchronous: Synchronous, root: u64) -> Self {
        Self {
            synchronous,
            files: Vec::new(),
            inodes: HashMap::new(),
            folders: HashMap::from([(root, String::new())]),
            tree: BTreeMap::new(),
            unsynced: Vec::new(),
        }
    }

    /// Something is done.
    pub fn apply(&mut self, what: &What) {
        match what {
            What::Create { path, file } => self.create(path, *file),
            What::MakeFolder { path, file } => {
                self.folders.insert(*file, path.clone());
                self.unsynced.push(Change::Add(path.clone(), Node::Folder));
            }
            What::Write { file, at, data } => {
                let file = &mut self.files[self.inodes[file]];
                // All but the header of a WAL are frames.
                file.frames += usize::from(*at != 0);
                file.unsynced.push(Piece::Write { at: *at, data: data.clone() });
            }
            What::Truncate { file, size } => {
                self.files[self.inodes[file]].unsynced.push(Piece::Truncate(*size));
            }
            What::Sync { file, folds } => self.sync(*file, *folds),
            What::Remove { path } => self.unsynced.push(Change::Remove(path.clone())),
            What::Rename { from, to } => {
                self.unsynced.push(Change::Rename(from.clone(), to.clone()));
            }
        }
    }

    fn create(&mut self, path: &str, inode: u64) {
        self.inodes.insert(inode, self.files.len());
        self.unsynced.push(Change::Add(path.to_owned(), Node::File(self.files.len())));
        self.files.push(File { is_wal: path.ends_with("-wal"), ..File::default() });
    }

    fn sync(&mut self, inode: u64, folds: bool) {
        if let Some(folder) = self.folders.get(&inode) {
            let (synced, rest): (Vec<_>, Vec<_>) =
                self.unsynced.drain(..).partition(|change| change.folder() == folder);
            self.unsynced = rest;
            synced.into_iter().for_each(|change| change.apply(&mut self.tree));
            return;
        }
        let file = &mut self.files[self.inodes[&inode]];
        let frames = std::mem::take(&mut file.frames);
        let is_of_a_commit = file.is_wal && frames > 0 && !folds;
        if is_of_a_commit && self.synchronous == Synchronous::Normal {
            return;
        }
        for piece in std::mem::take(&mut file.unsynced) {
            piece.apply(&mut file.synced, &mut |_| true);
        }
    }

    /// The state after a power cut right now: the files with their contents, the folders without.
    pub fn cut(&self, dice: &mut Dice) -> BTreeMap<String, Option<Vec<u8>>> {
        let kept = dice.below(self.unsynced.len() + 1);
        // Also the disk that has lost all it may lose, and the one that has lost nothing.
        let chance = [0, 20, 50, 80, 100][dice.below(5)];
        self.found(kept, &mut |file| file.after_a_cut(chance, dice))
    }

    /// The state when nothing is lost.
    pub fn whole(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        self.found(self.unsynced.len(), &mut |file| {
            let mut bytes = file.synced.clone();
            file.unsynced.iter().for_each(|piece| piece.apply(&mut bytes, &mut |_| true));
            bytes
        })
    }

    fn found(
        &self,
        changes: usize,
        read: &mut dyn FnMut(&File) -> Vec<u8>,
    ) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut tree = self.tree.clone();
        self.unsynced[..changes].iter().for_each(|change| change.clone().apply(&mut tree));
        let is_there = |path: &str| {
            let folder = parent(path);
            folder.is_empty() || matches!(tree.get(folder), Some(Node::Folder))
        };
        let there = tree.iter().filter(|(path, _)| is_there(path));
        there
            .map(|(path, node)| match node {
                Node::File(file) => (path.clone(), Some(read(&self.files[*file]))),
                Node::Folder => (path.clone(), None),
            })
            .collect()
    }
}

impl File {
    /// Its bytes where each piece that was not synced is kept with this chance, in percent; of the
    /// others some are torn.
    fn after_a_cut(&self, chance: usize, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for piece in &self.unsynced {
            if dice.percent(chance) {
                piece.apply(&mut bytes, &mut |_| true);
            } else if chance > 0 && dice.percent(30) {
                piece.apply(&mut bytes, &mut |_| dice.percent(50));
            } else if let Piece::Write { at, data } = piece
                && chance > 0
                && dice.percent(30)
            {
                let length = bytes.len().max(at + data.len());
                bytes.resize(length, 0);
            }
        }
        bytes
    }
}

impl Piece {
    /// Applies those sectors of it that are wanted.
    fn apply(&self, bytes: &mut Vec<u8>, wanted: &mut dyn FnMut(usize) -> bool) {
        match self {
            Self::Truncate(size) => {
                if wanted(0) {
                    bytes.resize(*size, 0);
                }
            }
            Self::Write { at, data } => {
                let (mut from, end) = (*at, at + data.len());
                while from < end {
                    let to = ((from / SECTOR + 1) * SECTOR).min(end);
                    if wanted(from / SECTOR) {
                        let length = bytes.len().max(to);
                        bytes.resize(length, 0);
                        bytes[from..to].copy_from_slice(&data[from - at..to - at]);
                    }
                    from = to;
                }
            }
        }
    }
}

impl Change {
    /// The folder whose sync makes it certain.
    fn folder(&self) -> &str {
        match self {
            Self::Add(path, _) | Self::Remove(path) | Self::Rename(_, path) => parent(path),
        }
    }

    fn apply(self, tree: &mut BTreeMap<String, Node>) {
        match self {
            Self::Add(path, node) => drop(tree.insert(path, node)),
            Self::Remove(path) => drop(tree.remove(&path)),
            Self::Rename(from, to) => {
                if let Some(node) = tree.remove(&from) {
                    tree.insert(to, node);
                }
            }
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
