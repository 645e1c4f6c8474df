//! Which coins there are: sixteen that everybody knows, then as many invented ones as were asked for.
//!
//! A coin is computed from its number when it is needed; there is no list of them anywhere.

use super::dice::Dice;
use super::floor::Floor;
use super::hours::Hours;
use super::instrument::Instrument;

/// A coin that everybody knows, at a price near that of May 2026.
#[derive(Debug)]
pub(crate) struct KnownCoin {
    pub(crate) id: &'static str,
    pub(crate) symbol: &'static str,
    name: &'static str,
    usd: f64,
    supply: f64,
    max_supply: Option<f64>,
    volatility: f64,
    /// Volume of a day, in USD.
    day_usd: f64,
}

#[rustfmt::skip]
pub(crate) static KNOWN: [KnownCoin; 16] = [
    KnownCoin { id: "bitcoin", symbol: "btc", name: "Bitcoin", usd: 77_000.0, supply: 20_030_493.0, max_supply: Some(21e6), volatility: 0.022, day_usd: 33e9 },
    KnownCoin { id: "ethereum", symbol: "eth", name: "Ethereum", usd: 2130.0, supply: 120_693_512.4, max_supply: None, volatility: 0.031, day_usd: 16e9 },
    KnownCoin { id: "tether", symbol: "usdt", name: "Tether", usd: 1.0, supply: 189.5e9, max_supply: None, volatility: 0.0002, day_usd: 62e9 },
    KnownCoin { id: "binancecoin", symbol: "bnb", name: "BNB", usd: 640.0, supply: 136_361_374.0, max_supply: Some(200e6), volatility: 0.024, day_usd: 1.2e9 },
    KnownCoin { id: "ripple", symbol: "xrp", name: "XRP", usd: 1.4, supply: 60.5e9, max_supply: Some(100e9), volatility: 0.034, day_usd: 3e9 },
    KnownCoin { id: "usd-coin", symbol: "usdc", name: "USDC", usd: 1.0, supply: 75e9, max_supply: None, volatility: 0.0002, day_usd: 9e9 },
    KnownCoin { id: "solana", symbol: "sol", name: "Solana", usd: 86.0, supply: 573.1e6, max_supply: None, volatility: 0.038, day_usd: 4e9 },
    KnownCoin { id: "tron", symbol: "trx", name: "TRON", usd: 0.35, supply: 94.7e9, max_supply: None, volatility: 0.018, day_usd: 0.7e9 },
    KnownCoin { id: "dogecoin", symbol: "doge", name: "Dogecoin", usd: 0.11, supply: 152e9, max_supply: None, volatility: 0.042, day_usd: 1.5e9 },
    KnownCoin { id: "cardano", symbol: "ada", name: "Cardano", usd: 0.26, supply: 36.1e9, max_supply: Some(45e9), volatility: 0.040, day_usd: 0.6e9 },
    KnownCoin { id: "bitcoin-cash", symbol: "bch", name: "Bitcoin Cash", usd: 460.0, supply: 20.01e6, max_supply: Some(21e6), volatility: 0.033, day_usd: 0.4e9 },
    KnownCoin { id: "chainlink", symbol: "link", name: "Chainlink", usd: 9.6, supply: 708e6, max_supply: Some(1e9), volatility: 0.040, day_usd: 0.4e9 },
    KnownCoin { id: "stellar", symbol: "xlm", name: "Stellar", usd: 0.16, supply: 33e9, max_supply: Some(50e9), volatility: 0.038, day_usd: 0.2e9 },
    KnownCoin { id: "litecoin", symbol: "ltc", name: "Litecoin", usd: 56.0, supply: 77e6, max_supply: Some(84e6), volatility: 0.032, day_usd: 0.4e9 },
    KnownCoin { id: "avalanche-2", symbol: "avax", name: "Avalanche", usd: 9.5, supply: 430e6, max_supply: Some(720e6), volatility: 0.042, day_usd: 0.3e9 },
    KnownCoin { id: "polkadot", symbol: "dot", name: "Polkadot", usd: 1.3, supply: 1.67e9, max_supply: None, volatility: 0.041, day_usd: 0.2e9 },
];

/// Capitalisation of the first invented coin in USD, and how fast it falls from one to the next.
const FIRST_INVENTED_USD: f64 = 2.0e9;
const CAPITALISATION_EXPONENT: f64 = 1.35;

const STEMS: [&str; 24] = [
    "Vel", "Nova", "Zen", "Koro", "Luma", "Axi", "Terra", "Quanta", "Mira", "Sola", "Hydra", "Onyx", "Pyra",
    "Rune", "Cinder", "Atlas", "Ember", "Flux", "Glim", "Halo", "Iris", "Jade", "Kite", "Lotus",
];
const ENDINGS: [&str; 16] = [
    "ra", "dex", "chain", "fi", "coin", "swap", "net", "verse", "link", "pay", "mint", "vault", "bit",
    "lend", "doge", "x",
];
const SUFFIXES: [&str; 6] = ["", "", "", " Protocol", " Network", " Finance"];
/// Every so many coins a name is an odd one, so that a list of 500 has all of them.
const ODD_EVERY: u32 = 83;
/// Names as people do choose them: whoever shows one has to cope.
const ODD_NAMES: [&str; 6] = [
    "<b>Bold</b> & \"Quoted\" <script>alert(1)</script>",
    "Đồng Việt Số",
    "龙币 Dragon Coin",
    "🚀 To The Moon 🌕",
    "عملة رقمية",
    "Wrapped Staked Bridged Liquid Restaked Synthetic Yield Bearing Governance Token of the Longest Name There Is On Any Chain",
];

/// What is unusual about a coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Ordinary,
    /// Listed ten hours ago: no rank, no changes over a day, no supply but the circulating one.
    Fresh,
    /// Trading has stopped: nearly everything is unknown.
    Halted,
    /// The supply is not verified: capitalisation 0.
    Unverified,
    /// No trade for a day: no volume and no changes.
    Quiet,
}

/// One coin.
#[derive(Debug, Clone)]
pub(crate) struct Coin {
    /// From 1, by usual capitalisation; the rank at one time is in `ranking`.
    pub(crate) number: u32,
    pub(crate) id: String,
    pub(crate) symbol: String,
    pub(crate) name: String,
    pub(crate) supply: f64,
    pub(crate) max_supply: Option<f64>,
    /// Volume of an ordinary day, in USD.
    pub(crate) day_usd: f64,
    pub(crate) usd: f64,
    pub(crate) standing: Standing,
    pub(crate) dice: Dice,
    volatility: f64,
}

impl Coin {
    /// The coin of that number, from 1.
    pub(crate) fn numbered(floor: &Floor, number: u32) -> Self {
        match KNOWN.get(number.saturating_sub(1) as usize) {
            Some(known) => Self::known(floor, known, number),
            None => Self::invented(floor, number),
        }
    }

    /// The coin of that symbol in capitals, if it is one of the [`KNOWN`].
    pub(crate) fn of_symbol(floor: &Floor, capitals: &str) -> Option<Self> {
        let position = KNOWN.iter().position(|known| known.symbol.eq_ignore_ascii_case(capitals))?;
        Some(Self::numbered(floor, position as u32 + 1))
    }

    fn known(floor: &Floor, known: &KnownCoin, number: u32) -> Self {
        Self {
            number,
            id: known.id.to_owned(),
            symbol: known.symbol.to_owned(),
            name: known.name.to_owned(),
            supply: known.supply,
            max_supply: known.max_supply,
            day_usd: known.day_usd,
            usd: known.usd,
            standing: Standing::Ordinary,
            dice: floor.dice(known.id),
            volatility: known.volatility,
        }
    }

    fn invented(floor: &Floor, number: u32) -> Self {
        let dice = floor.dice("invented coins").fork(i64::from(number));
        let stem = format!("{}{}", dice.pick(0, &STEMS), dice.pick(1, &ENDINGS));
        let name = if floor.odd_names && number.is_multiple_of(ODD_EVERY) {
            ODD_NAMES[(number / ODD_EVERY - 1) as usize % ODD_NAMES.len()].to_owned()
        } else {
            format!("{stem}{}", dice.pick(4, &SUFFIXES))
        };
        let letters = 3 + (dice.roll(5) % 3) as usize;
        let relative_number = f64::from(number) / KNOWN.len() as f64;
        let capitalisation = FIRST_INVENTED_USD * relative_number.powf(-CAPITALISATION_EXPONENT);
        // From a hundred-millionth to a hundred dollars, as likely to be small as large.
        let usd = 10_f64.powf(dice.between(6, -8.0, 2.0));
        let supply = capitalisation / usd;
        let standing = match dice.roll(7) % 300 {
            0..3 => Standing::Halted,
            3..8 => Standing::Fresh,
            8..14 => Standing::Unverified,
            14..18 => Standing::Quiet,
            _ => Standing::Ordinary,
        };
        Self {
            number,
            id: format!("{}-{number}", stem.to_lowercase()),
            symbol: stem.chars().take(letters).collect::<String>().to_lowercase(),
            name,
            supply,
            max_supply: dice.one_in(8, 2).then_some(supply * 1.6),
            day_usd: capitalisation * dice.between(9, 0.005, 0.15),
            usd,
            standing,
            dice,
            volatility: dice.between(10, 0.03, 0.07),
        }
    }

    /// Its walk, in USD; volume in coins.
    pub(crate) fn instrument(&self) -> Instrument {
        let digits = if self.usd >= 10.0 { 2 } else { 4 };
        let minute_volume = self.day_usd / self.usd / 1440.0;
        Instrument::new(self.dice, Hours::RoundTheClock, self.usd, self.volatility, minute_volume, digits)
    }
}
