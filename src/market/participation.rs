//! How many of the largest coins take part in a move, counted on one page of the constituents.

use super::model::Constituent;
use crate::analytics::participation::ahead_of_bitcoin;

/// So many coins are compared with Bitcoin.
pub const COMPARED: usize = 50;

/// Coins that follow the price of something else: dollars, gold, or another coin. They are not compared with Bitcoin.
const FOLLOWERS: [&str; 44] = [
    "USDT", "USDC", "USDS", "DAI", "USDE", "SUSDE", "FDUSD", "PYUSD", "TUSD", "USDD", "USD1", "USDF",
    "USDTB", "USD0", "BUIDL", "RLUSD", "GHO", "FRAX", "LUSD", "USDP", "GUSD", "EURC", "EURS", "BUSD", "USDY",
    "BFUSD", "XAUT", "PAXG", "WBTC", "CBBTC", "BTCB", "TBTC", "LBTC", "SOLVBTC", "FBTC", "WETH", "STETH",
    "WSTETH", "WEETH", "RETH", "WBETH", "CBETH", "JITOSOL", "WBNB",
];

/// Counts over some coins, the largest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Participation {
    /// Coins that were looked at.
    pub coins: u64,
    /// Coins that rose over 24 hours.
    pub advances: u64,
    /// Coins that fell.
    pub declines: u64,
    /// Coins that did not move.
    pub unchanged: u64,
    /// Coins of which it is not known.
    pub unknown: u64,
    /// How the others did beside Bitcoin; nothing when Bitcoin's 30 days are not known.
    pub altcoins: Option<Altcoins>,
}

/// The 30-day proxy of the altcoin season index: which share of the largest coins did better than Bitcoin over 30 days.
///
/// The index itself takes 90 days, which no source gives for many coins at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Altcoins {
    /// In per cent of the coins compared.
    pub percent: f64,
    /// Coins compared, at most [`COMPARED`].
    pub coins: u64,
    /// Bitcoin's own change over 30 days, in per cent.
    pub bitcoin_30d: f64,
}

impl Participation {
    /// Counts `largest`, which are in the order of their capitalisation.
    pub fn of(largest: &[Constituent]) -> Self {
        let mut counts = Self {
            coins: largest.len() as u64,
            advances: 0,
            declines: 0,
            unchanged: 0,
            unknown: 0,
            altcoins: altcoins(largest),
        };
        for coin in largest {
            match coin.change_24h.filter(|change| change.is_finite() && *change >= -100.0) {
                Some(change) if change > 0.0 => counts.advances += 1,
                Some(change) if change < 0.0 => counts.declines += 1,
                Some(_) => counts.unchanged += 1,
                None => counts.unknown += 1,
            }
        }
        counts
    }
}

fn altcoins(largest: &[Constituent]) -> Option<Altcoins> {
    let bitcoin_30d = largest.iter().find(|coin| coin.symbol == "BTC")?.change_30d?;
    let compared = largest
        .iter()
        .filter(|coin| coin.symbol != "BTC" && !FOLLOWERS.contains(&coin.symbol.as_str()))
        .take(COMPARED)
        .filter_map(|coin| coin.change_30d);
    let (percent, coins) = ahead_of_bitcoin(bitcoin_30d, compared)?;
    Some(Altcoins { percent, coins, bitcoin_30d })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(symbol: &str, change_24h: Option<f64>, change_30d: Option<f64>) -> Constituent {
        Constituent {
            rank: None,
            symbol: symbol.to_owned(),
            name: symbol.to_owned(),
            price: None,
            market_cap: None,
            volume: None,
            change_1h: None,
            change_24h,
            change_7d: None,
            change_30d,
            sparkline: Vec::new(),
        }
    }

    #[test]
    fn followers_and_the_unknown_are_not_compared() {
        let coins = [
            coin("BTC", Some(1.0), Some(4.0)),
            coin("ETH", Some(-1.0), Some(6.0)),
            coin("USDT", Some(0.0), Some(9.0)),
            coin("SOL", None, Some(1.0)),
            coin("XRP", Some(f64::NAN), None),
            coin("WBTC", Some(2.0), Some(9.0)),
        ];
        let counts = Participation::of(&coins);
        assert_eq!(
            (counts.coins, counts.advances, counts.declines, counts.unchanged, counts.unknown),
            (6, 2, 1, 1, 2)
        );
        assert_eq!(counts.altcoins, Some(Altcoins { percent: 50.0, coins: 2, bitcoin_30d: 4.0 }));
        assert_eq!(Participation::of(&coins[1..]).altcoins, None, "without Bitcoin there is nothing to beat");
        assert_eq!(Participation::of(&[]).coins, 0);
    }

    #[test]
    fn no_more_than_fifty_are_compared() {
        let mut coins = vec![coin("BTC", None, Some(0.0))];
        coins.extend((0..80).map(|n| coin(&format!("C{n}"), None, Some(if n < 50 { 1.0 } else { -1.0 }))));
        let altcoins = Participation::of(&coins).altcoins.unwrap();
        assert_eq!((altcoins.percent, altcoins.coins), (100.0, 50));
    }
}
