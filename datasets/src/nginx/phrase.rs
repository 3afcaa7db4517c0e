//! Phrases in many scripts: only the `utf8` shape has characters beyond ASCII.

use crate::random::Random;

/// Words with characters of 2, 3 and 4 bytes, some of them mixed with ASCII.
#[rustfmt::skip] // A few a line.
static WORDS: [&str; 56] = [
    "café", "naïve", "Zürich", "smörgås", "año", "façade", "žluťoučký",
    "łódź", "çiğdem", "Đà", "Αθήνα", "λόγος", "ποταμός", "вода",
    "журнал", "скорость", "київ", "სოფელი", "երկինք", "שלום", "מים",
    "سلام", "کتاب", "مدينة", "हिन्दी", "समय", "বাংলা", "தமிழ்",
    "ไทย", "สวัสดี", "ລາວ", "မြန်မာ", "አማርኛ", "日本語", "速度",
    "東京タワー", "ログ", "ひらがな", "中文", "数据", "搜索引擎", "繁體",
    "한국어", "서울", "안녕", "€100", "→next", "½", "🚀",
    "👩‍💻", "🇪🇺", "😀ok", "𝔘𝔫𝔦", "𠮷野家", "🜁", "naïve🧪",
];

/// Appends 1 to 3 words.
pub(super) fn push_phrase(separator: u8, random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(random.pick(&WORDS).as_bytes());
    for _ in 0..random.below(3) {
        out.push(separator);
        out.extend_from_slice(random.pick(&WORDS).as_bytes());
    }
}
