//! The words of Vietnamese.

use super::Lexicon;
use crate::report::narrative::unit::Unit;

const PERCENTAGE_POINT: Unit = Unit::Other("percentage point");
const BASIS_POINT: Unit = Unit::Other("basis point");

pub(super) static WORDS: Lexicon = Lexicon {
    numbers: &[
        "hai", "ba", "bốn", "sáu", "bảy", "bẩy", "tám", "chín", "mười", "mươi", "chục", "trăm", "nghìn",
        "ngàn", "vạn", "triệu", "tỷ", "tỉ", "rưỡi", "nửa", "gấp",
    ],
    // "một phiên trầm lắng" is a quiet session, "năm nay" this year; "một phần trăm" and "năm mã" are numbers.
    ambiguous: &[
        ("một", &["phần", "điểm", "đồng", "đô", "usd", "mã", "cổ", "lần"]),
        (
            "năm",
            &[
                "phần", "điểm", "đồng", "đô", "usd", "mã", "cổ", "lần", "chỉ", "phiên", "giờ", "ngày",
                "tuần", "tháng", "năm",
            ],
        ),
    ],
    compounds: &[
        "tỷ trọng",
        "tỉ trọng",
        "tỷ lệ",
        "tỉ lệ",
        "tỷ giá",
        "tỉ giá",
        "tỷ suất",
        "tỉ suất",
        "tỷ phú",
        "tỉ phú",
    ],
    scales: &[("nghìn", 3), ("ngàn", 3), ("triệu", 6), ("tỷ", 9), ("tỉ", 9)],
    suffixes: &[],
    units: &[
        (PERCENTAGE_POINT, &["điểm phần trăm"]),
        (BASIS_POINT, &["điểm cơ bản"]),
        (Unit::Percent, &["phần trăm"]),
        (Unit::Dollars, &["đô la", "đô", "usd"]),
        (Unit::Other("€"), &["euro", "eur"]),
        (Unit::None, &["đồng tiền"]),
        (Unit::Other("₫"), &["đồng", "vnd"]),
        (Unit::Other("times"), &["lần"]),
        (Unit::Duration("second"), &["giây"]),
        (Unit::Duration("minute"), &["phút"]),
        (Unit::Duration("hour"), &["giờ"]),
        (Unit::Duration("day"), &["ngày"]),
        (Unit::Duration("week"), &["tuần"]),
        (Unit::Duration("month"), &["tháng"]),
        (Unit::Duration("year"), &["năm"]),
    ],
    before: &[
        (Unit::Dollars, &["usd"]),
        (Unit::Other("€"), &["eur"]),
        (Unit::Other("₫"), &["vnd"]),
        (Unit::Date, &["ngày", "tháng", "năm"]),
    ],
    rises: &["tăng", "đi lên", "cao hơn", "vọt", "leo", "nhích lên", "bật lên", "hồi phục", "phục hồi"],
    falls: &["giảm", "đi xuống", "thấp hơn", "mất", "lùi", "sụt", "rơi", "tụt", "trượt", "lao dốc"],
    stands_still: &["không đổi", "đi ngang", "đứng giá", "đứng yên"],
    statement_ends: &["trong khi", "nhưng", "tuy", "dù", "song"],
    clause_ends: &["và", "hoặc", "khi", "với", "còn", "trước khi", "sau khi"],
    advice: &[
        "nên mua",
        "nên bán",
        "nên đầu tư",
        "nên nắm giữ",
        "nên cân nhắc",
        "hãy mua",
        "hãy bán",
        "khuyến nghị",
        "khuyên",
    ],
};
