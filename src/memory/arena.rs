//! jemalloc arenas as accounts: memory that a bound thread allocates is charged to the thread's arena.
//!
//! A small, safe, panic-free face of `mallctl`. Every return code is checked, and a binding is read back, because one
//! that silently failed gives wrong numbers for months. Arenas are never destroyed: other threads may hold objects
//! that were allocated in them.
//!
//! This file holds all the `unsafe` code of the crate. `mallctl` is memory-safe as long as the type that is read or
//! written has the size and meaning that jemalloc documents for that name; each call below states it.

#![allow(unsafe_code)]

use std::sync::Arc;

use tikv_jemalloc_ctl::raw;

pub use super::arena_usage::{ArenaError, ArenaUsage};
use super::tenancy::{Tenancy, let_out};

/// `MALLCTL_ARENAS_ALL`: in place of an arena's index, all of them.
const ALL_ARENAS: usize = 4096;

/// Living bytes with which an arena still counts as empty.
const LEFT_BEHIND: u64 = 16 * 1024;

/// The instrument: creates arenas. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Arenas {
    names: Arc<Names>,
}

/// One arena. Cheap to clone; all clones mean the same arena. When the last is dropped, it is somebody else's to use.
#[derive(Debug, Clone)]
pub struct Arena {
    index: u32,
    names: Arc<Names>,
    /// None of an arena that is only looked at.
    _tenancy: Option<Arc<Tenancy>>,
}

/// The names that are looked up once: jemalloc resolves a name in microseconds and a MIB in nanoseconds.
#[derive(Debug)]
struct Names {
    epoch: [usize; 1],
    create: [usize; 2],
    thread_arena: [usize; 2],
    purge: [usize; 3],
    flush: [usize; 3],
    small_allocated: [usize; 5],
    large_allocated: [usize; 5],
    resident: [usize; 4],
    dirty_pages: [usize; 4],
    page: [usize; 2],
}

impl Arenas {
    /// Checks that the program's allocator is the one that can be measured.
    ///
    /// # Errors
    /// [`ArenaError::Unavailable`] when memory that this thread allocates is not charged by jemalloc.
    pub fn probe() -> Result<Self, ArenaError> {
        let names = Names::look_up().map_err(|_| ArenaError::Unavailable)?;
        let mut counter = [0; 2];
        raw::name_to_mib(b"thread.allocated\0", &mut counter).map_err(|_| ArenaError::Unavailable)?;
        // SAFETY: `thread.allocated` is a uint64_t.
        let read = || unsafe { raw::read_mib::<u64>(&counter) }.map_err(|_| ArenaError::Unavailable);
        let before = read()?;
        let block = std::hint::black_box(Vec::<u8>::with_capacity(64 * 1024));
        let charged = read()? - before >= block.capacity() as u64;
        if charged { Ok(Self { names: Arc::new(names) }) } else { Err(ArenaError::Unavailable) }
    }

    /// An arena that is nobody else's in the process: a new one, or one that was dropped and in which next to nothing is
    /// left. Arenas cannot be destroyed: make few.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator has no more.
    pub fn create(&self) -> Result<Arena, ArenaError> {
        self.renew()?;
        let is_empty = |index| self.names.read(index).is_ok_and(|left| left.allocated <= LEFT_BEHIND);
        let tenancy = match Tenancy::again(is_empty) {
            Some(tenancy) => tenancy,
            // SAFETY: `arenas.create` reads an `unsigned`.
            None => unsafe { raw::read_mib::<u32>(&self.names.create) }
                .map(Tenancy::begin)
                .map_err(refused("create an arena"))?,
        };
        let (index, names) = (tenancy.index(), Arc::clone(&self.names));
        Ok(Arena { index, names, _tenancy: Some(Arc::new(tenancy)) })
    }

    /// Physical memory in arenas of other supervisors' children, as of the last [`renew`](Self::renew): all that are let,
    /// except `own`.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when a number cannot be read.
    pub fn elsewhere(&self, own: &[u32]) -> Result<u64, ArenaError> {
        let others = let_out().into_iter().filter(|index| !own.contains(index));
        others.map(|index| self.names.read(index).map(|usage| usage.resident)).sum()
    }

    /// Renews the statistics of all arenas, which [`Arena::read`] reads.
    ///
    /// Takes most of the allocator's locks, some microseconds for each arena: once a tick, from one thread.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator does not.
    pub fn renew(&self) -> Result<(), ArenaError> {
        self.names.renew()
    }

    /// What all automatic arenas hold together, as of the last [`renew`](Self::renew): the memory of threads that are
    /// bound to no arena.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when a number cannot be read.
    pub fn automatic(&self) -> Result<ArenaUsage, ArenaError> {
        // SAFETY: `opt.narenas` is an `unsigned`.
        let count =
            unsafe { raw::read::<u32>(b"opt.narenas\0") }.map_err(refused("count its automatic arenas"))?;
        let mut sum = ArenaUsage { allocated: 0, resident: 0 };
        for index in 0..count {
            let usage = self.names.read(index)?;
            sum.allocated += usage.allocated;
            sum.resident += usage.resident;
        }
        Ok(sum)
    }

    /// Whether the allocator's background thread is on: without it an idle arena keeps its dirty pages for ever.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator does not say.
    pub fn background_thread(&self) -> Result<bool, ArenaError> {
        // SAFETY: `background_thread` is a bool.
        unsafe { raw::read::<bool>(b"background_thread\0") }.map_err(refused("tell of its background thread"))
    }

    /// Gives the calling thread's cache of freed objects back to their arenas, where they count as freed.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator does not.
    pub fn flush_current_thread(&self) -> Result<(), ArenaError> {
        command(&self.names.flush, "flush a thread's cache")
    }

    /// Gives all unused dirty pages of all arenas back to the kernel, as a wait of some seconds would.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator does not.
    pub fn purge_all(&self) -> Result<(), ArenaError> {
        let [arena, _, purge] = self.names.purge;
        command(&[arena, ALL_ARENAS, purge], "purge its arenas")
    }

    /// The arena that the calling thread is charged to.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator does not say.
    pub fn bound(&self) -> Result<Arena, ArenaError> {
        // SAFETY: `thread.arena` is an `unsigned`.
        let index =
            unsafe { raw::read_mib::<u32>(&self.names.thread_arena) }.map_err(refused("read a binding"))?;
        Ok(Arena { index, names: Arc::clone(&self.names), _tenancy: None })
    }
}

impl Arena {
    /// The arena's number.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Charges everything that the calling thread allocates from now on to this arena.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] or, when the allocator accepted but did not obey, [`ArenaError::NotBound`].
    pub fn bind_current_thread(&self) -> Result<(), ArenaError> {
        // SAFETY: `thread.arena` is an `unsigned`, written and read.
        unsafe { raw::write_mib::<u32>(&self.names.thread_arena, self.index) }
            .map_err(refused("bind a thread"))?;
        // SAFETY: as above.
        let found =
            unsafe { raw::read_mib::<u32>(&self.names.thread_arena) }.map_err(refused("read a binding"))?;
        if found == self.index { Ok(()) } else { Err(ArenaError::NotBound { wanted: self.index, found }) }
    }

    /// What the arena holds now: [`Arenas::renew`] and [`Arena::read`] in one.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when a number cannot be read.
    pub fn usage(&self) -> Result<ArenaUsage, ArenaError> {
        self.names.renew()?;
        self.read()
    }

    /// What the arena held when the statistics were renewed last.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when a number cannot be read.
    pub fn read(&self) -> Result<ArenaUsage, ArenaError> {
        self.names.read(self.index)
    }

    /// Gives the calling thread's cache of freed objects back; see [`Arenas::flush_current_thread`].
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator does not.
    pub fn flush_current_thread(&self) -> Result<(), ArenaError> {
        command(&self.names.flush, "flush a thread's cache")
    }

    /// Bytes in pages that nothing uses and that were not given back to the kernel when the statistics were renewed
    /// last.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the number cannot be read.
    pub fn dirty(&self) -> Result<u64, ArenaError> {
        let [a, b, _, c] = self.names.dirty_pages;
        let pages = read_size(&[a, b, self.index as usize, c])?;
        Ok(pages.saturating_mul(read_size(&self.names.page)?))
    }

    /// Gives all unused dirty pages of the arena back to the kernel.
    ///
    /// Does nothing while the allocator's background thread is at the same work: who needs to be sure looks at
    /// [`dirty`](Self::dirty) afterwards.
    ///
    /// # Errors
    /// [`ArenaError::Refused`] when the allocator does not.
    pub fn purge(&self) -> Result<(), ArenaError> {
        let [arena, _, purge] = self.names.purge;
        command(&[arena, self.index as usize, purge], "purge an arena")
    }
}

impl Names {
    fn look_up() -> Result<Self, tikv_jemalloc_ctl::Error> {
        fn mib<const N: usize>(name: &[u8]) -> Result<[usize; N], tikv_jemalloc_ctl::Error> {
            let mut mib = [0; N];
            raw::name_to_mib(name, &mut mib).map(|()| mib)
        }
        Ok(Self {
            epoch: mib(b"epoch\0")?,
            create: mib(b"arenas.create\0")?,
            thread_arena: mib(b"thread.arena\0")?,
            purge: mib(b"arena.0.purge\0")?,
            flush: mib(b"thread.tcache.flush\0")?,
            small_allocated: mib(b"stats.arenas.0.small.allocated\0")?,
            large_allocated: mib(b"stats.arenas.0.large.allocated\0")?,
            resident: mib(b"stats.arenas.0.resident\0")?,
            dirty_pages: mib(b"stats.arenas.0.pdirty\0")?,
            page: mib(b"arenas.page\0")?,
        })
    }

    fn renew(&self) -> Result<(), ArenaError> {
        // SAFETY: `epoch` is a uint64_t; writing anything renews the statistics.
        unsafe { raw::write_mib::<u64>(&self.epoch, 1) }.map_err(refused("renew its statistics"))
    }

    fn read(&self, index: u32) -> Result<ArenaUsage, ArenaError> {
        let at = index as usize;
        let [a, b, _, c, d] = self.small_allocated;
        let small = read_size(&[a, b, at, c, d])?;
        let [a, b, _, c, d] = self.large_allocated;
        let large = read_size(&[a, b, at, c, d])?;
        let [a, b, _, c] = self.resident;
        let resident = read_size(&[a, b, at, c])?;
        Ok(ArenaUsage { allocated: small + large, resident })
    }
}

/// Runs one of the operations that neither read nor write a value.
fn command(mib: &[usize], operation: &'static str) -> Result<(), ArenaError> {
    let null = std::ptr::null_mut;
    // SAFETY: called for `arena.<i>.purge` and `thread.tcache.flush`, which take no value: all pointers are null.
    let code = unsafe {
        tikv_jemalloc_sys::mallctlbymib(mib.as_ptr(), mib.len(), null(), std::ptr::null_mut(), null(), 0)
    };
    if code == 0 { Ok(()) } else { Err(ArenaError::Refused { operation, reason: format!("error {code}") }) }
}

fn read_size(mib: &[usize]) -> Result<u64, ArenaError> {
    // SAFETY: called for statistics that are a size_t each.
    let size = unsafe { raw::read_mib::<usize>(mib) }.map_err(refused("read an arena"))?;
    Ok(size as u64)
}

fn refused(operation: &'static str) -> impl Fn(tikv_jemalloc_ctl::Error) -> ArenaError {
    move |error| ArenaError::Refused { operation, reason: error.to_string() }
}
