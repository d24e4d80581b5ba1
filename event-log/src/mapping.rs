//! Shared memory, lent out as a slice of atomic words; the only unsafe code in the workspace.
//!
//! Why this is sound: the memory is never lent as plain bytes, only as [`AtomicU64`]s. Whatever other
//! threads and other processes store there, and in whatever order, a load yields some 64-bit value
//! and never undefined behaviour. What the words mean is the business of [`crate::spool`], in safe
//! code. On the platforms that the crate supports a relaxed load or store is a plain move.
//!
//! What it cannot rule out: a process that truncates the file under the mapping makes the next access
//! raise `SIGBUS`. The spool's file is locked and lies in a hidden directory of its own.
#![expect(unsafe_code, reason = "mapping memory is a system call on raw addresses")]

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::AtomicU64;

use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

/// A mapped range of memory, unmapped on drop.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// Page-aligned, so aligned for words; valid for `words` words until the drop.
    base: NonNull<AtomicU64>,
    /// How many words are mapped: at least one, whole pages.
    words: usize,
}

// SAFETY: the mapping is owned by this value and bound to no thread.
unsafe impl Send for Mapping {}
// SAFETY: shared access hands out `&[AtomicU64]` only, which is itself `Sync`.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the first `bytes` bytes of `file`, shared with every process that maps it.
    ///
    /// # Errors
    /// If `bytes` is not a positive multiple of 4096, if the file is shorter than that (an access past
    /// its end would raise `SIGBUS`), or if the system refuses the mapping.
    pub(crate) fn of_file(file: &File, bytes: usize) -> io::Result<Self> {
        if file.metadata()?.len() < bytes as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        let words = words_in(bytes)?;
        // SAFETY: a null hint lets the kernel choose a free range, so no live memory is replaced.
        let base =
            unsafe { mmap(std::ptr::null_mut(), bytes, protection, MapFlags::SHARED, file, 0)? };
        Self::own(base, words)
    }

    /// Maps `bytes` zeroed bytes of private memory that a forked child sees zeroed again.
    ///
    /// # Errors
    /// If `bytes` is not a positive multiple of 4096, or the system refuses (before Linux 4.14).
    pub(crate) fn wiped_on_fork(bytes: usize) -> io::Result<Self> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        let words = words_in(bytes)?;
        // SAFETY: as in `of_file`.
        let base =
            unsafe { mmap_anonymous(std::ptr::null_mut(), bytes, protection, MapFlags::PRIVATE)? };
        let mapping = Self::own(base, words)?;
        // SAFETY: `base` and `bytes` are those of the private anonymous mapping made above.
        unsafe { rustix::mm::madvise(base, bytes, rustix::mm::Advice::LinuxWipeOnFork)? };
        Ok(mapping)
    }

    /// The mapped words.
    #[inline]
    pub(crate) fn words(&self) -> &[AtomicU64] {
        // SAFETY: `base` is aligned and valid for `words` words while `self` lives; every bit pattern
        // is a valid `AtomicU64`, and atomics may change under a shared reference.
        unsafe { slice::from_raw_parts(self.base.as_ptr(), self.words) }
    }

    fn own(base: *mut c_void, words: usize) -> io::Result<Self> {
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { base, words })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this value owns the range; every slice of it borrowed `self` and is gone.
        // An error would mean a range that was never mapped; a drop has nobody to tell.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), self.words * size_of::<AtomicU64>()) };
    }
}

/// Asks for the cache line of `word`, to be written soon, without waiting for it.
///
/// An instruction of its own where there is one that is known to pay; elsewhere nothing.
#[inline]
pub(crate) fn prefetch_for_write(word: &AtomicU64) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch changes nothing that a program can see, whatever the address; processors
    // that lack this one take it for a `nop`. (The intrinsic would become a prefetch for reading.)
    unsafe {
        std::arch::asm!(
            "prefetchw [{}]",
            in(reg) std::ptr::from_ref(word),
            options(nostack, preserves_flags, readonly),
        );
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = word;
}

/// The length in words, if it is one that can be mapped.
fn words_in(bytes: usize) -> io::Result<usize> {
    if bytes == 0 || !bytes.is_multiple_of(4096) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(bytes / size_of::<AtomicU64>())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn a_length_that_is_not_whole_pages_is_refused() {
        let file = tempfile::tempfile().unwrap();
        for bytes in [0, 1, 4095, 4097] {
            file.set_len(8192).unwrap();
            let error = Mapping::of_file(&file, bytes).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{bytes}");
        }
    }

    #[test]
    fn a_file_shorter_than_the_mapping_is_refused() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(4096).unwrap();
        let error = Mapping::of_file(&file, 8192).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_is_stored_is_in_the_file_without_a_flush() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(4096).unwrap();
        let first = Mapping::of_file(&file, 4096).unwrap();
        first.words()[511].store(42, Ordering::Relaxed);
        drop(first);
        let second = Mapping::of_file(&file, 4096).unwrap();
        assert_eq!(second.words().len(), 512);
        assert_eq!(second.words()[511].load(Ordering::Relaxed), 42);
    }
}
