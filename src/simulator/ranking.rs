//! The order in which coins are listed: by capitalisation, largest first.
//!
//! Sorting them all would need all of them. Coins are sorted within blocks of 250 neighbours, whose capitalisations
//! are of one size: the order is right but for a step at the edge of a block, it is the same whatever the page size,
//! and a block of numbers is all that is held.

use super::coin::{Coin, Standing};
use super::floor::Floor;

const BLOCK: u32 = 250;

/// The coins at the ranks after `before` up to and including `last` at `t`, each with its rank.
pub(crate) fn coins(floor: Floor, before: u32, last: u32, t: i64) -> impl Iterator<Item = (u32, Coin)> {
    let mut block = None;
    let mut order = Vec::new();
    (before..last.min(floor.coins)).map(move |position| {
        let its_block = position / BLOCK;
        if block != Some(its_block) {
            block = Some(its_block);
            order = order_of(&floor, its_block, t);
        }
        let number = order[(position % BLOCK) as usize];
        (position + 1, Coin::numbered(&floor, number))
    })
}

/// The numbers of the coins of a block, largest capitalisation first.
fn order_of(floor: &Floor, block: u32, t: i64) -> Vec<u32> {
    let first = block * BLOCK + 1;
    let last = (block * BLOCK).saturating_add(BLOCK).min(floor.coins);
    let mut capitalised: Vec<(f64, u32)> = (first..=last)
        .map(|number| {
            let coin = Coin::numbered(floor, number);
            let capitalisation = match coin.standing {
                Standing::Halted | Standing::Unverified => 0.0,
                Standing::Ordinary | Standing::Fresh | Standing::Quiet => {
                    coin.supply * coin.instrument().exact(t)
                }
            };
            (capitalisation, number)
        })
        .collect();
    capitalised.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    capitalised.into_iter().map(|(_, number)| number).collect()
}
