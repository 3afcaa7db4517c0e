//! The words of paths, sites and servers.

use crate::choice::Choice;

pub(crate) static OWN_SITE: &str = "https://www.example.com";

#[rustfmt::skip] // A few a line.
pub(super) static SECTIONS: [&str; 28] = [
    "products", "blog", "category", "news", "help", "shop", "account", "docs", "events", "search",
    "downloads", "support", "community", "recipes", "travel", "sports", "de/produkte",
    "fr/produits", "es/tienda", "en-gb/offers", "garden", "kitchen", "office", "music", "books",
    "careers", "about", "checkout",
];

#[rustfmt::skip] // A few a line.
pub(super) static ADJECTIVES: [&str; 48] = [
    "amber", "bright", "classic", "compact", "crisp", "cordless", "deep", "digital", "double",
    "durable", "early", "electric", "fast", "foldable", "fresh", "gentle", "golden", "green",
    "handmade", "heavy", "hidden", "indoor", "large", "light", "little", "local", "long",
    "magnetic", "modern", "narrow", "natural", "new", "old", "outdoor", "portable", "quiet",
    "rapid", "refurbished", "round", "silver", "simple", "small", "smart", "solid", "vintage",
    "warm", "waterproof", "wireless",
];

#[rustfmt::skip] // A few a line.
pub(super) static NOUNS: [&str; 96] = [
    "adapter", "anchor", "apron", "backpack", "basket", "battery", "bench", "bicycle", "blanket",
    "bottle", "bracket", "brush", "bucket", "cable", "camera", "candle", "carpet", "chair",
    "charger", "clock", "compass", "cooker", "cupboard", "curtain", "cushion", "desk", "drill",
    "dryer", "easel", "fan", "fence", "filter", "flask", "fork", "frame", "garden", "gloves",
    "grinder", "guitar", "hammer", "headphones", "heater", "helmet", "hinge", "hose", "jacket",
    "kettle", "keyboard", "knife", "ladder", "lamp", "lantern", "lens", "lock", "mattress",
    "microphone", "mirror", "monitor", "mug", "notebook", "oven", "paint", "pan", "pillow",
    "planter", "printer", "projector", "pump", "rack", "radio", "router", "rug", "saddle", "saw",
    "scale", "scarf", "screen", "shelf", "shoes", "sofa", "speaker", "spoon", "stool", "stove",
    "suitcase", "table", "telescope", "tent", "thermometer", "toaster", "tripod", "umbrella",
    "vacuum", "vase", "wallet", "workbench",
];

#[rustfmt::skip] // A few a line.
pub(super) static SORT_ORDERS: [&str; 6] = [
    "price", "price_desc", "newest", "rating", "relevance", "name",
];

#[rustfmt::skip] // A few a line.
pub(super) static CAMPAIGNS: [&str; 8] = [
    "newsletter&utm_medium=email", "google&utm_medium=cpc", "facebook&utm_medium=social",
    "instagram&utm_medium=social", "bing&utm_medium=cpc", "partner&utm_medium=affiliate",
    "push&utm_medium=app", "qr&utm_medium=print",
];

/// Says how an asset's file is named.
#[derive(Clone, Copy)]
pub(super) enum AssetKind {
    /// A word and a content hash.
    Bundle,
    /// A product's number and words.
    Picture,
    /// Words.
    Plain,
}

pub(super) static ASSETS: Choice<(&str, AssetKind, &str)> = Choice::new(&[
    (20, ("/static/js/", AssetKind::Bundle, ".js")),
    (14, ("/static/css/", AssetKind::Bundle, ".css")),
    (14, ("/images/products/", AssetKind::Picture, ".webp")),
    (10, ("/images/products/", AssetKind::Picture, "-400x400.jpg")),
    (8, ("/img/", AssetKind::Plain, ".svg")),
    (8, ("/media/thumbs/", AssetKind::Picture, "@2x.png")),
    (6, ("/_next/static/chunks/", AssetKind::Bundle, ".js")),
    (5, ("/img/", AssetKind::Plain, ".png")),
    (4, ("/assets/fonts/", AssetKind::Plain, ".woff2?v=3.2.1")),
    (4, ("/media/", AssetKind::Picture, "-1600w.avif")),
    (3, ("/static/js/", AssetKind::Bundle, ".js.map")),
    (2, ("/downloads/manuals/", AssetKind::Plain, ".pdf")),
    (2, ("/media/video/", AssetKind::Plain, ".mp4")),
]);

#[rustfmt::skip] // A few a line.
pub(super) static API_RESOURCES: [&str; 30] = [
    "users", "orders", "items", "carts", "sessions", "prices", "stock", "reviews", "search",
    "suggest", "events", "metrics", "payments", "invoices", "shipments", "addresses", "devices",
    "messages", "notifications", "settings", "recommendations", "wishlists", "coupons", "images",
    "categories", "stores", "tokens", "graphql", "reports", "features",
];

#[rustfmt::skip] // A few a line.
pub(super) static FEEDS: [&str; 10] = [
    "/robots.txt", "/favicon.ico", "/sitemap.xml", "/feed.xml", "/rss", "/apple-touch-icon.png",
    "/manifest.webmanifest", "/ads.txt", "/.well-known/security.txt", "/sitemap-products-3.xml.gz",
];

#[rustfmt::skip] // A few a line.
pub(super) static HEALTH_CHECKS: [&str; 6] = [
    "/healthz", "/health", "/ready", "/metrics", "/api/v1/ping", "/nginx_status",
];

#[rustfmt::skip] // A few a line.
pub(super) static PROBES: [&str; 32] = [
    "/wp-login.php", "/xmlrpc.php", "/.env", "/.git/config", "/wp-admin/setup-config.php",
    "/phpmyadmin/index.php", "/admin/login", "/cgi-bin/luci/;stok=/locale", "/actuator/health",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/boaform/admin/formLogin",
    "/owa/auth/logon.aspx", "/solr/admin/info/system?wt=json", "/.aws/credentials",
    "/wp-content/plugins/wp-file-manager/readme.txt", "/server-status", "/backup.zip", "/db.sql",
    "/config.json", "/.DS_Store", "/HNAP1", "/manager/html", "/jenkins/login", "/console/",
    "/index.php?s=/Index/%5Cthink%5Capp/invokefunction&function=call_user_func_array&vars[0]=md5",
    "/wp-json/wp/v2/users/", "/wp-includes/wlwmanifest.xml", "/old/", "/test.php", "/shell?cd+/tmp",
    "/api/.env.production", "/_ignition/execute-solution",
];

#[rustfmt::skip] // A few a line.
pub(super) static QUERY_KEYS: [&str; 16] = [
    "token", "state", "filter", "fields", "signature", "session", "redirect", "payload", "cursor",
    "nonce", "scope", "items", "context", "hash", "view", "key",
];

#[rustfmt::skip] // A few a line.
pub(super) static SEARCH_ENGINES: [&str; 10] = [
    "https://www.google.com/", "https://www.google.com/", "https://www.google.com/",
    "https://www.google.de/", "https://www.bing.com/", "https://duckduckgo.com/",
    "https://search.yahoo.com/", "https://yandex.ru/", "https://www.baidu.com/",
    "https://www.ecosia.org/",
];

#[rustfmt::skip] // A few a line.
pub(super) static OTHER_SITES: [&str; 10] = [
    "https://www.facebook.com/", "https://l.instagram.com/", "https://t.co/9xQk2Lr0aB",
    "https://www.reddit.com/", "https://www.youtube.com/", "https://news.ycombinator.com/",
    "https://www.linkedin.com/", "https://www.pinterest.com/",
    "android-app://com.google.android.gm/", "https://partner.example.net/offers",
];

#[rustfmt::skip] // A few a line.
pub(super) static UPSTREAMS: [&str; 12] = [
    "10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080", "10.0.0.4:8080", "10.0.1.11:9000",
    "10.0.1.12:9000", "10.0.1.13:9000", "172.16.4.20:3000", "172.16.4.21:3000", "127.0.0.1:8081",
    "unix:/run/app.sock", "[fd00:12::7]:8080",
];
