//! How many take part in a move: breadth, and the share of coins ahead of Bitcoin.

/// Rising members for each falling one; nothing when none falls, since no number says how many that is.
pub fn advance_decline_ratio(advances: u64, declines: u64) -> Option<f64> {
    (declines > 0).then(|| advances as f64 / declines as f64)
}

/// The share of members that rise, in per cent of all whose change is known; nothing when that is none.
pub fn advancing_percent(advances: u64, declines: u64, unchanged: u64) -> Option<f64> {
    let all = advances + declines + unchanged;
    (all > 0).then(|| advances as f64 / all as f64 * 100.0)
}

/// The share of coins whose return is above Bitcoin's, in per cent of all whose return is known, and how many those are;
/// nothing when that is none.
///
/// Over 90 days and the 50 largest coins without stable and wrapped ones this is Blockchaincenter's altcoin season index. Over
/// any other length it is a proxy, and has to be called one.
pub fn ahead_of_bitcoin(bitcoin: f64, others: impl IntoIterator<Item = f64>) -> Option<(f64, u64)> {
    let (mut ahead, mut all) = (0_u64, 0_u64);
    for change in others.into_iter().filter(|change| change.is_finite()) {
        all += 1;
        ahead += u64::from(change > bitcoin);
    }
    (all > 0 && bitcoin.is_finite()).then(|| (ahead as f64 / all as f64 * 100.0, all))
}
