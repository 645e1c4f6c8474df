//! Vietnam's five indices, and what each source calls them.

use super::floor::Floor;
use super::hours::{DAY_S, Hours, Step};
use super::instrument::Instrument;

/// One index.
#[derive(Debug)]
pub(crate) struct VietnamIndex {
    name: &'static str,
    /// Vietcap's identifier; upper and lower case matter.
    pub(crate) vietcap: &'static str,
    /// Entrade's identifiers: both spellings that its clients use are understood.
    entrade: [&'static str; 2],
    /// KB Securities' identifier.
    kbs: &'static str,
    /// Vietcap's name of the exchange.
    pub(crate) board: &'static str,
    /// Vietcap's number of the index.
    pub(crate) code: &'static str,
    /// Members.
    pub(crate) members: u32,
    /// Average price of a share, in VND.
    pub(crate) share_vnd: f64,
    level: f64,
    volatility: f64,
    minute_volume: f64,
}

static INDICES: [VietnamIndex; 5] = [
    VietnamIndex {
        name: "vnindex",
        vietcap: "VNINDEX",
        entrade: ["VNINDEX", "VNINDEX"],
        kbs: "VNINDEX",
        board: "HSX",
        code: "001",
        members: 378,
        share_vnd: 28_700.0,
        level: 1850.0,
        volatility: 0.010,
        minute_volume: 510_000.0,
    },
    VietnamIndex {
        name: "vn30",
        vietcap: "VN30",
        entrade: ["VN30", "VN30"],
        kbs: "VN30",
        board: "HSX",
        code: "003",
        members: 30,
        share_vnd: 39_200.0,
        level: 2020.0,
        volatility: 0.011,
        minute_volume: 230_000.0,
    },
    VietnamIndex {
        name: "hnxindex",
        vietcap: "HNXIndex",
        entrade: ["HNX", "HNXINDEX"],
        kbs: "HNXINDEX",
        board: "HNX",
        code: "002",
        members: 212,
        share_vnd: 19_700.0,
        level: 253.0,
        volatility: 0.011,
        minute_volume: 46_000.0,
    },
    VietnamIndex {
        name: "hnx30",
        vietcap: "HNX30",
        entrade: ["HNX30", "HNX30"],
        kbs: "HNX30",
        board: "HNX",
        code: "004",
        members: 30,
        share_vnd: 24_100.0,
        level: 545.0,
        volatility: 0.013,
        minute_volume: 27_000.0,
    },
    VietnamIndex {
        name: "upcomindex",
        vietcap: "HNXUpcomIndex",
        entrade: ["UPCOM", "UPCOMINDEX"],
        kbs: "UPCOMINDEX",
        board: "UPCOM",
        code: "005",
        members: 341,
        share_vnd: 14_900.0,
        level: 127.0,
        volatility: 0.007,
        minute_volume: 31_000.0,
    },
];

impl VietnamIndex {
    pub(crate) fn of_vietcap(symbol: &str) -> Option<&'static Self> {
        INDICES.iter().find(|index| index.vietcap == symbol)
    }

    pub(crate) fn of_entrade(symbol: &str) -> Option<&'static Self> {
        INDICES.iter().find(|index| index.entrade.contains(&symbol))
    }

    pub(crate) fn of_kbs(symbol: &str) -> Option<&'static Self> {
        INDICES.iter().find(|index| index.kbs == symbol)
    }

    pub(crate) fn instrument(&self, floor: &Floor) -> Instrument {
        Instrument::new(
            floor.dice(self.name),
            Hours::Vietnam,
            self.level,
            self.volatility,
            self.minute_volume,
            2,
        )
    }
}

/// When the session that contains `t` began.
pub(crate) fn session_start(t: i64) -> i64 {
    Step::vietnam(DAY_S).floor(t)
}
