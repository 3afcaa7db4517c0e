//! The user agents and their weights.

use Slot::{Below, OneOf, Recent};

use crate::choice::Choice;
use crate::digits::push_decimal;
use crate::random::Random;

/// The values that may stand at a place of an agent.
pub(super) enum Slot {
    /// Any number below this.
    Below(u64),
    /// A version: this one, the newest, or in falling popularity one of the `2^octaves - 2`
    /// before it; the second number is the octaves.
    Recent(u64, u32),
    /// One of these.
    OneOf(&'static [&'static str]),
}

impl Slot {
    #[inline]
    pub(super) fn draw(&self, own: &mut Random) -> u64 {
        match *self {
            Self::Below(limit) => own.below(limit),
            Self::Recent(newest, octaves) => newest + 1 - own.log_uniform(0..octaves),
            Self::OneOf(texts) => own.below(texts.len() as u64),
        }
    }

    #[inline]
    pub(super) fn write(&self, value: u64, out: &mut Vec<u8>) {
        match *self {
            Self::Below(_) | Self::Recent(..) => push_decimal(out, value),
            Self::OneOf(texts) => out.extend_from_slice(texts[value as usize].as_bytes()),
        }
    }
}

/// The texts and numbers that stand in for `{name}` in an agent.
pub(super) static SLOTS: [(&str, Slot); SLOT_COUNT] = [
    ("chrome", Recent(145, 6)),
    ("firefox", Recent(148, 5)),
    ("ios", Recent(18, 2)),
    ("minor", Below(7)),
    ("android", Recent(15, 3)),
    ("model", OneOf(&MODELS)),
    ("build", Below(7200)),
    ("patch", Below(200)),
    ("serial", Below(700_000_000)),
    ("app", Recent(390, 6)),
    ("shop", Recent(64, 5)),
    ("release", Recent(33, 4)),
    ("cfnetwork", Recent(1568, 6)),
    ("darwin", Recent(24, 2)),
    ("locale", OneOf(&LOCALES)),
    ("opera", Recent(122, 5)),
    ("samsung", Recent(28, 4)),
    ("yandex", Recent(25, 2)),
];

pub(super) const SLOT_COUNT: usize = 18;

#[rustfmt::skip] // A few a line.
static MODELS: [&str; 24] = [
    "SM-S918B", "SM-A546B", "SM-G991U", "SM-A135F", "SM-S921U", "Pixel 8", "Pixel 7a",
    "Pixel 9 Pro", "2201117TG", "M2101K6G", "Redmi Note 12", "CPH2581", "CPH2211", "V2145",
    "moto g84 5G", "XQ-DQ54", "ONEPLUS A6013", "LE2115", "RMX3630", "TECNO KJ5", "Infinix X6833B",
    "LM-Q730", "Nokia G42 5G", "ELE-L29",
];

static LOCALES: [&str; 9] =
    ["en_US", "en_GB", "de_DE", "fr_FR", "es_MX", "pt_BR", "ja_JP", "hi_IN", "tr_TR"];

/// Browsers, on desks, in hands and in other programs.
#[rustfmt::skip] // One agent an entry.
pub(super) static BROWSERS: Choice<&str> = Choice::new(&[
    (190, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36"),
    (125, "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) Version/{ios}.{minor} Mobile/15E148 Safari/604.1"),
    (100, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Mobile Safari/537.36"),
    (80, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36"),
    (60, "Mozilla/5.0 (Linux; Android {android}; {model}) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Mobile Safari/537.36"),
    (52, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
        Gecko) Version/{ios}.{minor} Safari/605.1.15"),
    (50, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36 Edg/{chrome}.0.{build}.{patch}"),
    (42, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{firefox}.0) Gecko/20100101 \
        Firefox/{firefox}.0"),
    (28, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36"),
    (24, "Mozilla/5.0 (Linux; Android {android}; {model}) AppleWebKit/537.36 (KHTML, like Gecko) \
        SamsungBrowser/{samsung}.0 Chrome/{chrome}.0.0.0 Mobile Safari/537.36"),
    (22, "Mozilla/5.0 (iPad; CPU OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
        like Gecko) Version/{ios}.{minor} Mobile/15E148 Safari/604.1"),
    (20, "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) CriOS/{chrome}.0.{build}.{patch} Mobile/15E148 Safari/604.1"),
    (16, "Mozilla/5.0 (X11; Linux x86_64; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0"),
    (14, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:{firefox}.0) Gecko/20100101 \
        Firefox/{firefox}.0"),
    (13, "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) GSA/{app}.0.{serial} Mobile/15E148 Safari/604.1"),
    (12, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36 OPR/{opera}.0.0.0"),
    (12, "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) Mobile/15E148 \
        [FBAN/FBIOS;FBAV/{app}.0.0.{patch}.{minor};FBBV/{serial}]"),
    (10, "Mozilla/5.0 (Android {android}; Mobile; rv:{firefox}.0) Gecko/{firefox}.0 \
        Firefox/{firefox}.0"),
    (10, "Mozilla/5.0 (Linux; Android {android}; {model}; wv) AppleWebKit/537.36 (KHTML, like \
        Gecko) Version/4.0 Chrome/{chrome}.0.{build}.{patch} Mobile Safari/537.36"),
    (9, "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 YaBrowser/{yandex}.{minor}.0.0 Safari/537.36"),
    (8, "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36"),
    (8, "Mozilla/5.0 (Linux; U; Android {android}; en-us; {model} Build/UKQ1.{serial}) \
        AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{chrome}.0.0.0 Mobile \
        Safari/537.36 XiaoMi/MiuiBrowser/14.{patch}.0-gn"),
    (7, "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) FxiOS/{firefox}.0 Mobile/15E148 Safari/605.1.15"),
    (7, "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/109.0.0.0 Safari/537.36"),
    (6, "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{firefox}.0) Gecko/20100101 \
        Firefox/{firefox}.0"),
    (6, "Mozilla/5.0 (Linux; Android {android}; {model}) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Mobile Safari/537.36 OPR/{opera}.0.0.0"),
    (5, "Mozilla/5.0 (Linux; Android {android}; {model}; HMSCore 6.12.0.{patch}) \
        AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 \
        HuaweiBrowser/15.0.{minor}.300 Mobile Safari/537.36"),
    (5, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36 Vivaldi/7.{minor}.{build}.{patch}"),
    (5, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/{ios}.{minor} Safari/605.1.15 Ddg/{ios}.{minor}"),
    (5, "Mozilla/5.0 (iPhone; CPU iPhone OS {ios}_{minor} like Mac OS X) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) Mobile/22F76 Instagram {app}.0.0.{patch}.{minor} (iPhone15,3; iOS \
        {ios}_{minor}; en_US; en; scale=3.00; 1290x2796; {serial})"),
    (4, "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"),
    (4, "Mozilla/5.0 (Linux; U; Android {android}; en-US; {model}) AppleWebKit/537.36 (KHTML, \
        like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.{minor}.0.1322 Mobile \
        Safari/537.36"),
    (3, "Mozilla/5.0 (SMART-TV; LINUX; Tizen {minor}.0) AppleWebKit/537.36 (KHTML, like Gecko) \
        Version/7.0 TV Safari/537.36"),
    (3, "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/{chrome}.0.0.0 Safari/537.36 WebAppManager"),
    (2, "Mozilla/5.0 (PlayStation; PlayStation 5/11.{minor}) AppleWebKit/605.1.15 (KHTML, like \
        Gecko) Version/17.0 Safari/605.1.15"),
    (2, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/{ios}.{minor} Safari/605.1.15 Epiphany/605.1.15"),
    (2, "Mozilla/5.0 (Windows NT 10.0; rv:68.0) Goanna/20250101 PaleMoon/33.{minor}.0"),
    (1, "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.{patch} Version/12.18"),
]);

/// Programs of the site itself on telephones and elsewhere.
#[rustfmt::skip] // One agent an entry.
pub(super) static APPS: Choice<&str> = Choice::new(&[
    (44, "okhttp/4.{minor}.0"),
    (18, "ExampleShop/{shop}.{minor}.0 (com.example.shop; build:{build}; iOS {ios}.1.0) \
        Alamofire/5.9.1"),
    (14, "ExampleShop/{shop} CFNetwork/{cfnetwork}.300.101 Darwin/{darwin}.{minor}.0"),
    (12, "ExampleShop/{shop}.{minor} (Android {android}; {model}; {locale})"),
    (8, "Dalvik/2.1.0 (Linux; U; Android {android}; {model} Build/TP1A.{serial}.{patch})"),
    (6, "Dart/3.{minor} (dart:io)"),
    (4, "ExampleKiosk/2.{patch} (Linux; armv7l) libsoup/3.{minor}.2"),
]);

/// Crawlers.
#[rustfmt::skip] // One agent an entry.
pub(super) static BOTS: Choice<&str> = Choice::new(&[
    (26, "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, \
        like Gecko) Chrome/{chrome}.0.{build}.{patch} Mobile Safari/537.36 (compatible; \
        Googlebot/2.1; +http://www.google.com/bot.html)"),
    (16, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    (16, "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; \
        +http://www.bing.com/bingbot.htm) Chrome/{chrome}.0.0.0 Safari/537.36"),
    (10, "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    (10, "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)"),
    (9, "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.{minor}; \
        +https://openai.com/gptbot)"),
    (8, "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile \
        Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)"),
    (8, "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"),
    (7, "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Amazonbot/0.1; \
        +https://developer.amazon.com/support/amazonbot) Chrome/119.0.6045.214 Safari/537.36"),
    (6, "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
    (6, "Mozilla/5.0 (Linux; Android 7.0;) AppleWebKit/537.36 (KHTML, like Gecko) Mobile \
        Safari/537.36 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)"),
    (5, "Mozilla/5.0 (compatible; MJ12bot/v1.4.{minor}; http://mj12bot.com/)"),
    (5, "Googlebot-Image/1.0"),
    (5, "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"),
    (4, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)"),
    (4, "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; \
        +claudebot@anthropic.com)"),
    (4, "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)"),
    (3, "CCBot/2.0 (https://commoncrawl.org/faq/)"),
    (3, "Mozilla/5.0 (compatible; DotBot/1.2; +https://opensiteexplorer.org/dotbot)"),
    (3, "Twitterbot/1.0"),
    (2, "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"),
    (2, "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
    (2, "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)"),
    (2, "AdsBot-Google (+http://www.google.com/adsbot.html)"),
    (1, "WhatsApp/2.{release}.{patch} A"),
]);

/// Command lines, libraries, health checks and scanners.
#[rustfmt::skip] // One agent an entry.
pub(super) static TOOLS: Choice<&str> = Choice::new(&[
    (20, "curl/8.{minor}.0"),
    (14, "python-requests/2.{release}.{minor}"),
    (12, "Go-http-client/1.1"),
    (8, "-"),
    (7, "kube-probe/1.{release}"),
    (6, "axios/1.{minor}.2"),
    (6, "Wget/1.{release}.0"),
    (5, "Apache-HttpClient/4.5.{minor} (Java/17.0.12)"),
    (5, "Go-http-client/2.0"),
    (4, "Prometheus/2.{release}.0"),
    (4, "Mozilla/5.0 zgrab/0.x"),
    (4, "python-httpx/0.{release}.0"),
    (3, "Python/3.11 aiohttp/3.{minor}.1"),
    (3, "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"),
    (3, "ELB-HealthChecker/2.0"),
    (3, "PostmanRuntime/7.{release}.{minor}"),
    (2, "Java/21.0.{minor}"),
    (2, "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)"),
    (2, "Mozilla/5.0"),
    (2, "libwww-perl/6.{release}"),
    (1, "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)"),
    (1, "masscan/1.3 (https://github.com/robertdavidgraham/masscan)"),
    (1, "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"),
    (1, "Ruby"),
]);
