//! The allocator where large tables cannot be laid into files: the system's own, with the same questions and no budget.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io;
use std::path::{Path, PathBuf};

use super::Use;

/// The system's allocator.
pub(crate) struct Budgeted;

impl Budgeted {
    pub(crate) const fn new(_: fn(usize, &io::Error) -> *mut u8) -> Self {
        Budgeted
    }

    pub(crate) fn set_budget(&self, _: usize) {}

    pub(crate) fn set_folder(&self, _: &Path) {}

    pub(crate) fn used(&self) -> Use {
        Use { budget: usize::MAX, held: 0, peak_in_files: 0, folder: PathBuf::new() }
    }

    pub(crate) fn try_room(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
}

/// Ends the program at once.
pub(crate) fn end(exit_code: i32) -> ! {
    std::process::exit(exit_code)
}

// SAFETY: the system's allocator under another name.
unsafe impl GlobalAlloc for Budgeted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, bytes) }
    }
}
