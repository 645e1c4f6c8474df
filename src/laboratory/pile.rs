//! Memory that is taken in blocks of exactly 1 KiB or, where much is taken at once, 64 KiB, each one written to.
//!
//! The blocks hang together by themselves: a pile of n KiB is n KiB on the account and not a byte more. Much is taken in
//! large blocks because the allocator keeps a note on every few pages, 3 % of what lies in small ones, for ever.

use std::hint::black_box;

/// The size of a block, in bytes. A size class of the allocator: nothing is rounded up.
pub(super) const BLOCK: u64 = 1024;

/// Blocks that are taken as one.
const SLAB: u64 = 64;

/// Not zero: memory that is to be zero may come from the kernel untouched.
const BALLAST: u8 = 0x5a;

const SMALL: usize = BLOCK as usize - size_of::<usize>();
const LARGE: usize = (SLAB * BLOCK) as usize - size_of::<usize>();

struct Block<const BYTES: usize> {
    below: Option<Box<Self>>,
    _ballast: [u8; BYTES],
}

const _: () = assert!(size_of::<Block<SMALL>>() as u64 == BLOCK);
const _: () = assert!(size_of::<Block<LARGE>>() as u64 == SLAB * BLOCK);

impl<const BYTES: usize> Block<BYTES> {
    fn on(below: Option<Box<Self>>) -> Box<Self> {
        // Looked at from outside, so that no optimiser may leave the block out.
        black_box(Box::new(Self { below, _ballast: [BALLAST; BYTES] }))
    }
}

/// Blocks of one size, one on the other.
struct Stack<const BYTES: usize> {
    top: Option<Box<Block<BYTES>>>,
}

impl<const BYTES: usize> Default for Stack<BYTES> {
    fn default() -> Self {
        Self { top: None }
    }
}

impl<const BYTES: usize> Stack<BYTES> {
    fn push(&mut self) {
        self.top = Some(Block::on(self.top.take()));
    }

    /// Gives a block back; false when there is none.
    fn pop(&mut self) -> bool {
        let Some(block) = self.top.take() else { return false };
        self.top = block.below;
        true
    }

    /// Puts another stack under this one; costs the height of this one.
    fn set_on(&mut self, mut other: Self) {
        let mut end = &mut self.top;
        while let Some(block) = end {
            end = &mut block.below;
        }
        *end = other.top.take();
    }
}

impl<const BYTES: usize> Drop for Stack<BYTES> {
    fn drop(&mut self) {
        // One by one: dropped as a whole, a tall stack would overflow the program's.
        while self.pop() {}
    }
}

/// Any number of blocks.
#[derive(Default)]
pub(super) struct Pile {
    small: Stack<SMALL>,
    large: Stack<LARGE>,
    blocks: u64,
}

impl Pile {
    pub(super) fn of(blocks: u64) -> Self {
        let mut pile = Self::default();
        pile.add(blocks);
        pile
    }

    pub(super) fn bytes(&self) -> u64 {
        self.blocks * BLOCK
    }

    pub(super) fn add(&mut self, blocks: u64) {
        (0..blocks / SLAB).for_each(|_| self.large.push());
        (0..blocks % SLAB).for_each(|_| self.small.push());
        self.blocks += blocks;
    }

    /// Gives blocks back; fewer when there are fewer.
    pub(super) fn remove(&mut self, blocks: u64) {
        let mut left = blocks.min(self.blocks);
        self.blocks -= left;
        while left > 0 {
            if left >= SLAB && self.large.pop() {
                left -= SLAB;
            } else if self.small.pop() {
                left -= 1;
            } else if self.large.pop() {
                // In its place, what of it stays.
                (0..SLAB.saturating_sub(left)).for_each(|_| self.small.push());
                left = left.saturating_sub(SLAB);
            }
        }
    }

    /// Puts another pile under this one; costs the height of this one.
    pub(super) fn set_on(&mut self, mut other: Self) {
        self.small.set_on(std::mem::take(&mut other.small));
        self.large.set_on(std::mem::take(&mut other.large));
        self.blocks += std::mem::take(&mut other.blocks);
    }
}

/// Takes blocks and forgets them: they stay for as long as the process does.
pub(super) fn forget(blocks: u64) {
    for _ in 0..blocks / SLAB {
        Box::leak(Block::<LARGE>::on(None));
    }
    for _ in 0..blocks % SLAB {
        Box::leak(Block::<SMALL>::on(None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn height<const BYTES: usize>(stack: &Stack<BYTES>) -> u64 {
        std::iter::successors(stack.top.as_deref(), |block| block.below.as_deref()).count() as u64
    }

    fn blocks(pile: &Pile) -> (u64, u64) {
        assert_eq!(pile.bytes(), (height(&pile.large) * SLAB + height(&pile.small)) * BLOCK);
        (height(&pile.large), height(&pile.small))
    }

    #[test]
    fn a_pile_is_as_high_as_it_says() {
        let mut pile = Pile::of(3);
        pile.add(2 * SLAB + 2);
        let mut small = Pile::of(2);
        small.set_on(pile);
        assert_eq!(blocks(&small), (2, 7));
        small.remove(3);
        assert_eq!(blocks(&small), (2, 4));
        small.remove(5);
        assert_eq!(blocks(&small), (1, SLAB - 1));
        small.remove(SLAB + 1);
        assert_eq!(blocks(&small), (0, SLAB - 2));
        small.remove(1000);
        assert_eq!(blocks(&small), (0, 0));
    }

    #[test]
    fn a_tall_pile_comes_down_without_an_accident() {
        let mut pile = Pile::default();
        (0..200_000).for_each(|_| pile.add(1));
        drop(pile);
    }
}
