//! The program's allocator: large tables lie in memory up to a budget, and past it in nameless files mapped into memory.
//!
//! Enters: what is asked of any allocator. Leaves: memory. Never: a file that outlives the program, whatever ends it (its
//! files have no name); a table in a file that has no room for it (room is reserved first, so that a write cannot fail
//! later); another result.
//!
//! Why the allocator: whatever grows with the evidence is one large block of some vector or map, wherever it is made. Here
//! all of them are bounded alike, and none of the code that makes them has to know.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Use;

/// Bytes from which a block counts as large: what is below lies in memory and is not counted.
const LARGE: usize = 1 << 20;
/// Most blocks in files at a time, each with an open file; further ones lie in memory.
const MOST_FILES: usize = 400;
/// No mapping is aligned to more than a page.
const PAGE: usize = 4096;

/// An allocator that holds large blocks in memory only up to a budget.
pub(crate) struct Budgeted {
    /// Bytes of large blocks that may lie in memory.
    budget: AtomicUsize,
    /// Bytes of large blocks that do.
    held: AtomicUsize,
    /// Blocks in files, so that nobody waits for the list where there are none.
    mapped: AtomicUsize,
    files: Mutex<Files>,
    /// What is done where neither memory nor folder has room.
    full: fn(usize, &io::Error) -> *mut u8,
}

/// Blocks that lie in files.
struct Files {
    folder: PathBuf,
    blocks: [Option<Block>; MOST_FILES],
    bytes: usize,
    /// Most bytes that lay in files at a time.
    peak: usize,
}

struct Block {
    at: usize,
    bytes: usize,
    file: File,
}

impl Budgeted {
    /// Begins without a budget. `full` is called where there is no room for a block; what it returns is the allocator's answer.
    pub(crate) const fn new(full: fn(usize, &io::Error) -> *mut u8) -> Self {
        Budgeted {
            budget: AtomicUsize::new(usize::MAX),
            held: AtomicUsize::new(0),
            mapped: AtomicUsize::new(0),
            files: Mutex::new(Files {
                folder: PathBuf::new(),
                blocks: [const { None }; MOST_FILES],
                bytes: 0,
                peak: 0,
            }),
            full,
        }
    }

    /// Sets the budget. Blocks that lie in memory stay there.
    pub(crate) fn set_budget(&self, bytes: usize) {
        self.budget.store(bytes, Relaxed);
    }

    /// Says in which folder the files of further blocks are made.
    pub(crate) fn set_folder(&self, folder: &Path) {
        // The block that is let go of is dropped outside the lock.
        let former = std::mem::replace(&mut self.files().folder, folder.to_path_buf());
        drop(former);
    }

    /// Returns how large blocks lie.
    pub(crate) fn used(&self) -> Use {
        let files = self.files();
        let (budget, held) = (self.budget.load(Relaxed), self.held.load(Relaxed));
        Use { budget, held, peak_in_files: files.peak, folder: files.folder.clone() }
    }

    /// Tells whether so many bytes more could be had, in memory or in files, by reserving them for a moment. The error is that of
    /// the folder.
    pub(crate) fn try_room(&self, bytes: usize) -> io::Result<()> {
        let left = self.budget.load(Relaxed).saturating_sub(self.held.load(Relaxed));
        // How it will be cut into blocks is not known, so the rest of the budget is not sure to be used.
        match bytes.checked_sub(left / 2) {
            None | Some(0) => Ok(()),
            Some(beyond) => {
                let folder = self.files().folder.clone();
                reserve(&nameless(&folder)?, beyond)
            }
        }
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        // Nothing panics while the lock is held; a poisoned list would still be whole.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a block that is to lie in memory, if it may. A single one takes most of the budget but not all: a growing table is
    /// not to drive out everything that is made after it.
    fn may_stay(&self, layout: Layout) -> bool {
        let bytes = layout.size();
        if bytes < LARGE {
            return true;
        }
        let budget = self.budget.load(Relaxed);
        let before = self.held.fetch_add(bytes, Relaxed);
        if before.saturating_add(bytes) <= budget && bytes <= most_of(budget) || layout.align() > PAGE {
            return true;
        }
        self.held.fetch_sub(bytes, Relaxed);
        false
    }

    /// Lays a block into a file; `None` where none can be made here, and the block must lie in memory.
    fn map(&self, bytes: usize) -> Option<*mut u8> {
        let mut files = self.files();
        let free = files.blocks.iter().position(Option::is_none)?;
        if files.folder.as_os_str().is_empty() {
            return None;
        }
        let made = nameless(&files.folder).and_then(|file| {
            reserve(&file, bytes)?;
            Ok((map_shared(&file, bytes)?, file))
        });
        match made {
            Ok((at, file)) => {
                files.blocks[free] = Some(Block { at: at.addr(), bytes, file });
                files.grow(bytes);
                self.mapped.fetch_add(1, Relaxed);
                Some(at)
            }
            Err(error) => {
                // Whoever is told may ask how memory lies.
                drop(files);
                Some((self.full)(bytes, &error))
            }
        }
    }

    /// Tells whether a block lies in a file.
    fn is_mapped(&self, at: *mut u8) -> bool {
        self.mapped.load(Relaxed) > 0 && self.files().place(at).is_some()
    }

    /// Gives up a block that lies in a file; `false` where it lies in memory.
    fn unmap(&self, at: *mut u8) -> bool {
        if self.mapped.load(Relaxed) == 0 {
            return false;
        }
        let mut files = self.files();
        let Some(block) = files.place(at).and_then(|place| files.blocks[place].take()) else { return false };
        files.bytes -= block.bytes;
        self.mapped.fetch_sub(1, Relaxed);
        drop(files);
        // SAFETY: the block is a mapping of this length, it was on the list once, and the caller gives it up.
        unsafe { libc::munmap(at.cast(), block.bytes) };
        true
    }

    /// Makes a block in a file longer or shorter; it may move in memory.
    fn remap(&self, at: *mut u8, bytes: usize) -> *mut u8 {
        let mut files = self.files();
        let of_block = |block: &&mut Block| block.at == at.addr();
        let Some(block) = files.blocks.iter_mut().flatten().find(of_block) else { return ptr::null_mut() };
        let (before, grown) = (block.bytes, block.resize(at, bytes));
        match grown {
            Ok(moved) => {
                files.bytes -= before;
                files.grow(bytes);
                moved
            }
            Err(error) => {
                drop(files);
                (self.full)(bytes, &error)
            }
        }
    }
}

impl Files {
    fn place(&self, at: *mut u8) -> Option<usize> {
        let of_block = |block: &Option<Block>| block.as_ref().is_some_and(|block| block.at == at.addr());
        self.blocks.iter().position(of_block)
    }

    fn grow(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.peak = self.peak.max(self.bytes);
    }
}

impl Block {
    fn resize(&mut self, at: *mut u8, bytes: usize) -> io::Result<*mut u8> {
        if bytes > self.bytes {
            reserve(&self.file, bytes)?;
        }
        // SAFETY: `at` is a mapping of `self.bytes`, and the file has room for the new length.
        let moved = unsafe { libc::mremap(at.cast(), self.bytes, bytes, libc::MREMAP_MAYMOVE) };
        if moved == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        if bytes < self.bytes {
            // Room that is not given back is room lost until the block is gone: no reason to fail.
            let _ = self.file.set_len(bytes as u64);
        }
        (self.at, self.bytes) = (moved.addr(), bytes);
        Ok(moved.cast())
    }
}

fn most_of(budget: usize) -> usize {
    budget / 4 * 3
}

/// Makes a file without a name that only this program sees.
fn nameless(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options.clone().custom_flags(libc::O_TMPFILE).open(folder).or_else(|_| {
        // Not every file system makes files without a name: one is made and its name taken away.
        let path = folder.join(format!(".leakassay-{}", std::process::id()));
        let file = options.create_new(true).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(file)
    })
}

/// Reserves room on the disk up to a length, so that writing to the mapping cannot fail.
fn reserve(file: &File, bytes: usize) -> io::Result<()> {
    let length = libc::off_t::try_from(bytes).map_err(|_| io::ErrorKind::FileTooLarge)?;
    loop {
        // SAFETY: the descriptor is open, and no memory is touched.
        match unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, length) } {
            0 => return Ok(()),
            libc::EINTR => {}
            error => return Err(io::Error::from_raw_os_error(error)),
        }
    }
}

fn map_shared(file: &File, bytes: usize) -> io::Result<*mut u8> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping at an address of the system's choice, of a file that has these bytes and that nobody else can open.
    let at = unsafe { libc::mmap(ptr::null_mut(), bytes, access, libc::MAP_SHARED, file.as_raw_fd(), 0) };
    if at == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(at.cast()) }
}

/// Ends the program at once, as a signal would: what is being written has a temporary name, and finished stages are kept.
pub(crate) fn end(exit_code: i32) -> ! {
    // SAFETY: nothing of the process is used afterwards. An orderly end could wait for locks that this thread holds.
    unsafe { libc::_exit(exit_code) }
}

// SAFETY: every block comes from the system's allocator or is a mapping of its own of at least the bytes asked for, aligned to
// a page, zero at first. A block is given back to where it came from: the list of mappings decides, and only blocks below
// `LARGE`, which are never mapped, do not ask it.
unsafe impl GlobalAlloc for Budgeted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !self.may_stay(layout) {
            if let Some(at) = self.map(layout.size()) {
                return at;
            }
            self.held.fetch_add(layout.size(), Relaxed);
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !self.may_stay(layout) {
            if let Some(at) = self.map(layout.size()) {
                return at;
            }
            self.held.fetch_add(layout.size(), Relaxed);
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if layout.size() >= LARGE {
            if self.unmap(at) {
                return;
            }
            self.held.fetch_sub(layout.size(), Relaxed);
        }
        // SAFETY: the caller's promise, and the block is no mapping.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller promises that the new size is one that a layout of this alignment can have.
        let wanted = unsafe { Layout::from_size_align_unchecked(bytes, layout.align()) };
        let large = layout.size() >= LARGE;
        if large && self.is_mapped(at) {
            if bytes >= LARGE {
                return self.remap(at, bytes);
            }
        } else {
            let counted = if large { layout.size() } else { 0 };
            self.held.fetch_sub(counted, Relaxed);
            if self.may_stay(wanted) {
                // SAFETY: the caller's promise, and the block is no mapping.
                return unsafe { System.realloc(at, layout, bytes) };
            }
            self.held.fetch_add(counted, Relaxed);
        }
        // From memory into a file, or back.
        // SAFETY: the caller's promise for both layouts; the two blocks do not overlap, and both have the bytes copied.
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(at, moved, layout.size().min(bytes));
                self.dealloc(at, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    fn without_room(_: usize, _: &io::Error) -> *mut u8 {
        ptr::null_mut()
    }

    fn budgeted(folder: &Path, budget: usize) -> Budgeted {
        let memory = Budgeted::new(without_room);
        memory.set_folder(folder);
        memory.set_budget(budget);
        memory
    }

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, 8).unwrap()
    }

    /// Fills a block, or tells whether it still holds what it was filled with.
    fn fill(at: *mut u8, bytes: usize) {
        (0..bytes).step_by(1000).for_each(|place| unsafe { at.add(place).write((place / 1000) as u8) });
    }

    fn holds(at: *mut u8, bytes: usize) -> bool {
        (0..bytes).step_by(1000).all(|place| unsafe { at.add(place).read() } == (place / 1000) as u8)
    }

    #[test]
    fn large_blocks_lie_in_files_past_the_budget_and_keep_what_they_hold() {
        let folder = tempfile::tempdir().unwrap();
        let memory = budgeted(folder.path(), 8 * MIB);
        unsafe {
            let small = memory.alloc(layout(1_000));
            let first = memory.alloc(layout(4 * MIB));
            assert_eq!((memory.used().held, memory.used().peak_in_files), (4 * MIB, 0));
            let second = memory.alloc_zeroed(layout(6 * MIB));
            assert_eq!((memory.used().held, memory.used().peak_in_files), (4 * MIB, 6 * MIB));
            assert!((0..6 * MIB).all(|place| second.add(place).read() == 0));
            fill(first, 4 * MIB);
            fill(second, 6 * MIB);
            // Longer within its file, from memory into a file, shorter, and back into memory.
            let second = memory.realloc(second, layout(6 * MIB), 60 * MIB);
            let first = memory.realloc(first, layout(4 * MIB), 7 * MIB);
            assert_eq!((memory.used().held, memory.used().peak_in_files), (0, 67 * MIB));
            assert!(holds(second, 6 * MIB) && holds(first, 4 * MIB));
            let second = memory.realloc(second, layout(60 * MIB), 2 * MIB);
            let first = memory.realloc(first, layout(7 * MIB), 3_000);
            assert!(holds(second, 2 * MIB) && holds(first, 3_000));
            assert_eq!(memory.files().bytes, 2 * MIB);
            for (at, bytes) in [(small, 1_000), (first, 3_000), (second, 2 * MIB)] {
                memory.dealloc(at, layout(bytes));
            }
        }
        assert_eq!((memory.used().held, memory.files().bytes, memory.mapped.load(Relaxed)), (0, 0, 0));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "files without names");
    }

    #[test]
    fn room_is_refused_and_not_taken() {
        static MEMORY: Budgeted = Budgeted::new(asks);
        fn asks(_: usize, _: &io::Error) -> *mut u8 {
            assert_eq!(MEMORY.used().budget, 4 * MIB);
            ptr::null_mut()
        }
        let memory = &MEMORY;
        memory.set_folder(Path::new("/nowhere/at/all"));
        memory.set_budget(4 * MIB);
        assert!(memory.try_room(2 * MIB).is_ok());
        assert!(memory.try_room(100 * MIB).is_err());
        unsafe {
            assert!(memory.alloc(layout(7 * MIB)).is_null());
            let held = memory.alloc(layout(2 * MIB));
            assert!(memory.realloc(held, layout(2 * MIB), 20 * MIB).is_null());
            memory.dealloc(held, layout(2 * MIB));
        }
        assert_eq!(memory.used().held, 0);
        let folder = tempfile::tempdir().unwrap();
        assert!(budgeted(folder.path(), MIB).try_room(50 * MIB).is_ok());
        assert!(budgeted(folder.path(), MIB).try_room(1 << 60).is_err(), "no disk has so much");
    }

    #[test]
    fn more_blocks_than_files_lie_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let memory = budgeted(folder.path(), 0);
        let blocks: Vec<*mut u8> = (0..MOST_FILES + 3).map(|_| unsafe { memory.alloc(layout(LARGE)) }).collect();
        assert_eq!((memory.mapped.load(Relaxed), memory.used().held), (MOST_FILES, 3 * LARGE));
        blocks.into_iter().for_each(|at| unsafe { memory.dealloc(at, layout(LARGE)) });
        assert_eq!((memory.mapped.load(Relaxed), memory.used().held), (0, 0));
    }
}
