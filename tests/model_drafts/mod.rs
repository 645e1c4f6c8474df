//! What a model is told, and what it makes of it: honestly, and in every way that has to be noticed.

use evenkeel::report::language::Language::{self, En, Vi};
use evenkeel::report::narrative::{Facts, Refusal};

/// What the model is told.
pub(crate) fn facts(language: Language) -> Facts {
    let sentences: &[&str] = match language {
        En => &[
            "VN-Index stood at 1,853.29 (24 Apr 2026 07:45), up 0.85%.",
            "210 members rose, 130 fell and 60 stood still: advances clearly outnumber declines.",
            "Beside it: VN30 up 1.10% at 1,990.50; HNX-Index down 0.42% at 252.08.",
            "Bitcoin stood at $78,231.50 (24 Apr 2026 07:45), down 1.20%.",
            "Of 7 coins followed, Solana (+5.13%) did best and Cardano (\u{2212}2.30%) worst.",
            "All coins together are worth $2.62T, down 1.15% in 24 hours.",
            "Bitcoin holds 57.1% of that.",
            "Fear & Greed reads 49 of 100: fear.",
        ],
        Vi => &[
            "VN-Index ở mức 1.853,29 (lúc 24/04/2026 07:45), tăng 0,85%.",
            "210 mã tăng, 130 mã giảm và 60 mã đứng giá: số mã tăng áp đảo.",
            "Bên cạnh đó: VN30 tăng 1,10%, ở mức 1.990,50; HNX-Index giảm 0,42%, ở mức 252,08.",
            "Bitcoin ở mức 78.231,50\u{a0}USD (lúc 24/04/2026 07:45), giảm 1,20%.",
            "Trong 7 đồng tiền được theo dõi, Solana (+5,13%) dẫn đầu và Cardano (\u{2212}2,30%) kém nhất.",
            "Tổng vốn hóa toàn thị trường là 2,62\u{a0}nghìn tỷ\u{a0}USD, giảm 1,15% trong 24 giờ.",
            "Bitcoin chiếm 57,1%.",
            "Chỉ số Sợ hãi & Tham lam ở mức 49/100: sợ hãi.",
        ],
    };
    Facts { sentences: sentences.iter().map(|&sentence| sentence.to_owned()).collect() }
}

/// Drafts that keep to them.
pub(crate) const HONEST: [(Language, &str); 2] = [
    (
        En,
        "The VN-Index gained 0.85% to close at 1,853.29, with 210 members higher, 130 lower and 60 unchanged; the VN30 \
         rose 1.1%, while the HNX-Index slipped 0.42% to 252.08. Bitcoin fell 1.2% to $78,231.50 and all coins together, \
         worth $2.62 trillion, lost 1.15% in 24 hours. One of the calmer moods: Fear & Greed reads 49 of 100.",
    ),
    (
        Vi,
        "VN-Index tăng 0,85% lên 1.853,29 điểm trong một phiên sôi động, với 210 mã tăng và 130 mã giảm. Trong khi đó, \
         HNX-Index giảm 0,42%, còn 252,08 điểm. Bitcoin giảm 1,2% xuống 78.231,5 USD; tổng vốn hóa 2,62 nghìn tỷ USD, \
         giảm 1,15 phần trăm trong 24 giờ. Tỷ trọng của Bitcoin là 57,1%, tâm lý năm nay ở mức 49/100.",
    ),
];

fn unknown(number: &str) -> Refusal {
    Refusal::UnknownNumber { number: number.to_owned() }
}

fn wrong_unit(number: &str) -> Refusal {
    Refusal::WrongUnit { number: number.to_owned() }
}

fn turned(number: &str) -> Refusal {
    Refusal::WrongCourse { number: number.to_owned() }
}

fn in_words(word: &str) -> Refusal {
    Refusal::NumberWord { word: word.to_owned() }
}

fn markup(mark: &str) -> Refusal {
    Refusal::Markup { mark: mark.to_owned() }
}

fn link(text: &str) -> Refusal {
    Refusal::Link { text: text.to_owned() }
}

fn bare(word: &str) -> Refusal {
    Refusal::BareMove { word: word.to_owned() }
}

/// Drafts that lie about numbers, and what is said about each.
pub(crate) fn lies() -> Vec<(Language, &'static str, Refusal)> {
    vec![
        // Invented, rounded, cut, added up, moved by a power of ten.
        (En, "The VN-Index gained 0.86%.", unknown("0.86")),
        (En, "It closed at 1,853.3.", unknown("1,853.3")),
        (En, "It closed at 1,853.", unknown("1,853")),
        (En, "It closed at 1.853,29.", unknown("1.853,29")),
        (En, "In all 400 members traded.", unknown("400")),
        (En, "Coins are worth $2.62B.", unknown("2.62B")),
        (En, "Coins are worth $2.62.", unknown("2.62")),
        (En, "At 1 990.50 it closed.", unknown("1 990.50")),
        (En, "It closed at 07:46.", unknown("07:46")),
        (En, "30 members led.", unknown("30")),
        (En, "In 2027 it will be seen.", unknown("2027")),
        (Vi, "VN-Index tăng 0,86%.", unknown("0,86")),
        (Vi, "VN-Index ở mức 1,853.29.", unknown("1,853.29")),
        (Vi, "Vốn hóa là 2,62 tỷ USD.", unknown("2,62")),
        (Vi, "VN-Index ở mức 185.329.", unknown("185.329")),
        // The right number the wrong way.
        (En, "The VN-Index fell 0.85%.", turned("0.85")),
        (En, "The VN-Index fell to 1,853.29.", turned("1,853.29")),
        (En, "The VN-Index moved \u{2212}0.85%.", turned("0.85")),
        (En, "Bitcoin rose 1.2%.", turned("1.2")),
        (En, "Bitcoin: +1.20%.", turned("1.20")),
        (En, "Of the members 210 fell.", turned("210")),
        (En, "Cardano gained 2.30%.", turned("2.30")),
        (En, "It was unchanged at 1,853.29.", turned("1,853.29")),
        (En, "It rose falling 0.85%.", turned("0.85")),
        (Vi, "VN-Index giảm 0,85%.", turned("0,85")),
        (Vi, "Bitcoin tăng lên 78.231,50 USD.", turned("78.231,50")),
        (Vi, "Có 130 mã tăng.", turned("130")),
        (Vi, "Cardano đi lên (2,3%).", turned("2,3")),
        // Said without a number.
        (En, "The market fell.", bare("fell")),
        (En, "It gained 0.85% but banks lost.", bare("lost")),
        (Vi, "Thị trường giảm.", bare("giảm")),
        // Units.
        (En, "A share of 210% of members.", wrong_unit("210")),
        (En, "It is 49 per cent fear.", wrong_unit("49")),
        (En, "It gained 0.85 points.", wrong_unit("0.85")),
        (En, "It gained 0.85 percentage points.", wrong_unit("0.85")),
        (En, "Bitcoin fell to €78,231.50.", wrong_unit("78,231.50")),
        (En, "It gained $1,853.29.", wrong_unit("1,853.29")),
        (En, "It lost 1.15% in 24 days.", wrong_unit("24")),
        (En, "There were 24 members.", wrong_unit("24")),
        (Vi, "Có 210% số mã.", wrong_unit("210")),
        (Vi, "Có 210 phần trăm số mã.", wrong_unit("210")),
        (Vi, "VN-Index tăng 0,85 điểm.", wrong_unit("0,85")),
        (Vi, "Trong 24 ngày.", wrong_unit("24")),
    ]
}

/// Drafts that hide numbers, and what is said about each.
pub(crate) fn smuggled() -> Vec<(Language, &'static str, Refusal)> {
    vec![
        (En, "It gained two per cent.", in_words("two")),
        (En, "It gained one percent.", in_words("one")),
        (En, "About one hundred members.", in_words("one")),
        (En, "A HUNDRED members.", in_words("hundred")),
        (En, "Twenty-five members.", in_words("twenty")),
        (En, "Half of the members.", in_words("half")),
        (En, "Volume doubled.", in_words("doubled")),
        (En, "Worth trillions.", in_words("trillions")),
        (Vi, "Chỉ số thêm một phần trăm.", in_words("một")),
        (Vi, "Có năm mã.", in_words("năm")),
        (Vi, "Có một trăm mã.", in_words("một")),
        (Vi, "Khối lượng gấp đôi.", in_words("gấp")),
        (Vi, "Một nửa số mã.", in_words("một")),
        (Vi, "Có hai mươi mã.", in_words("hai")),
        (Vi, "Có ngàn mã, hàng tỷ đồng.", in_words("ngàn")),
        (En, "It holds \u{ff12}\u{ff11}\u{ff10} members.", unknown("\u{ff12}\u{ff11}\u{ff10}")),
        (En, "It holds \u{662}\u{661} members.", unknown("\u{662}\u{661}")),
        (En, "It holds \u{1d7d0} members.", unknown("\u{1d7d0}")),
        (En, "It holds ½ of it.", unknown("½")),
        (En, "It holds 10² members.", unknown("10²")),
        (En, "It holds ⅻ members.", unknown("ⅻ")),
        (En, "It holds 2x members.", unknown("2x")),
        (En, "It holds t\u{435}n members.", Refusal::ForeignWord { word: "t\u{435}n".to_owned() }),
        (En, "It holds 百 members.", Refusal::ForeignWord { word: "百".to_owned() }),
        (Vi, "Có ba\u{309} mã.", Refusal::Character { character: '\u{309}' }),
        (En, "A 💯 day.", Refusal::Character { character: '💯' }),
        (En, "4\u{200b}9", Refusal::Character { character: '\u{200b}' }),
        (En, "4\u{ad}9", Refusal::Character { character: '\u{ad}' }),
        (En, "\u{202e}94", Refusal::Character { character: '\u{202e}' }),
        (En, "A bell\u{7}.", Refusal::Character { character: '\u{7}' }),
        (En, "A tab\there.", Refusal::Character { character: '\t' }),
        (En, "A line\u{2028}here.", Refusal::Character { character: '\u{2028}' }),
    ]
}

/// Drafts in a wrong form, and what is said about each.
pub(crate) fn ill_formed() -> Vec<(Language, &'static str, Refusal)> {
    vec![
        (En, "", Refusal::Empty),
        (Vi, " \n ", Refusal::Empty),
        (En, "See https://evil.example/x.", link("https://evil.example/x.")),
        (En, "See www.evil.example", link("www.evil.example")),
        (Vi, "Xem evil.com nhé.", link("evil.com")),
        (En, "Write to me@evil", link("me@evil")),
        (En, "A <b>bold</b> day.", markup("<")),
        (En, "A **bold** day.", markup("*")),
        (En, "# Summary", markup("#")),
        (En, "```text", markup("`")),
        (En, "Today:\n- calm", markup("-")),
        (En, "Today:\n1. calm", markup("1.")),
        (En, "Today\n---", markup("---")),
        (En, "[calm](x)", markup("](")),
        (En, "A time to buy.", Refusal::Advice { word: "buy" }),
        (En, "Buy at 1,853.29.", Refusal::Advice { word: "buy" }),
        (En, "One should  invest now.", Refusal::Advice { word: "should invest" }),
        (En, "We recommend calm.", Refusal::Advice { word: "recommend" }),
        (Vi, "Nhà đầu tư nên mua.", Refusal::Advice { word: "nên mua" }),
        (Vi, "NÊN BÁN ngay.", Refusal::Advice { word: "nên bán" }),
        (Vi, "Khuyến nghị thận trọng.", Refusal::Advice { word: "khuyến nghị" }),
    ]
}
