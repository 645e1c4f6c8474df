//! Memory that is taken in blocks of exactly 1 KiB, each one written to.
//!
//! The blocks hang together by themselves: a pile of n blocks is n KiB on the account and not a byte more.

use std::hint::black_box;

/// The size of a block, in bytes. A size class of the allocator: nothing is rounded up.
pub(super) const BLOCK: u64 = 1024;

/// Not zero: memory that is to be zero may come from the kernel untouched.
const BALLAST: u8 = 0x5a;

struct Block {
    below: Option<Box<Self>>,
    _ballast: [u8; BLOCK as usize - size_of::<usize>()],
}

const _: () = assert!(size_of::<Block>() as u64 == BLOCK);

impl Block {
    fn on(below: Option<Box<Self>>) -> Box<Self> {
        // Looked at from outside, so that no optimiser may leave the block out.
        black_box(Box::new(Self { below, _ballast: [BALLAST; BLOCK as usize - size_of::<usize>()] }))
    }
}

/// Any number of blocks.
#[derive(Default)]
pub(super) struct Pile {
    top: Option<Box<Block>>,
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
        for _ in 0..blocks {
            self.top = Some(Block::on(self.top.take()));
        }
        self.blocks += blocks;
    }

    /// Gives blocks back; fewer when there are fewer.
    pub(super) fn remove(&mut self, blocks: u64) {
        // One by one: dropped as a whole, a tall pile would overflow the stack.
        for _ in 0..blocks.min(self.blocks) {
            self.top = self.top.take().and_then(|block| block.below);
            self.blocks -= 1;
        }
    }

    /// Puts another pile under this one; costs the height of this one.
    pub(super) fn set_on(&mut self, mut other: Self) {
        let mut end = &mut self.top;
        while let Some(block) = end {
            end = &mut block.below;
        }
        *end = other.top.take();
        self.blocks += std::mem::take(&mut other.blocks);
    }
}

impl Drop for Pile {
    fn drop(&mut self) {
        self.remove(self.blocks);
    }
}

/// Takes blocks and forgets them: they stay for as long as the process does.
pub(super) fn forget(blocks: u64) {
    for _ in 0..blocks {
        Box::leak(Block::on(None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn height(pile: &Pile) -> u64 {
        std::iter::successors(pile.top.as_deref(), |block| block.below.as_deref()).count() as u64
    }

    #[test]
    fn a_pile_is_as_high_as_it_says() {
        let mut pile = Pile::of(3);
        pile.add(2);
        let mut small = Pile::of(2);
        small.set_on(pile);
        assert_eq!((small.bytes(), height(&small)), (7 * BLOCK, 7));
        small.remove(3);
        assert_eq!((small.bytes(), height(&small)), (4 * BLOCK, 4));
        small.remove(100);
        assert_eq!((small.bytes(), height(&small)), (0, 0));
    }

    #[test]
    fn a_tall_pile_comes_down_without_an_accident() {
        drop(Pile::of(200_000));
    }
}
