-- What wrk asks the recorded server for: the traffic of a shop, with the odd requests that a public
-- server gets. Arguments after `--`: seed, pause between one connection's requests in milliseconds.

local random = math.random

local function pick(list)
  return list[random(#list)]
end

-- Low numbers come often, high ones seldom, as visitors and products do.
local function skewed(count)
  return math.floor(count ^ random())
end

local webkit = "AppleWebKit/537.36 (KHTML, like Gecko) "
local webkit_apple = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "

local agents = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " .. webkit .. "Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " .. webkit_apple .. "Safari/605.1.15",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) " .. webkit_apple .. "Mobile/15E148",
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) " .. webkit .. "Chrome/126.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
  "curl/7.88.1",
  "python-requests/2.32.3",
  "kube-probe/1.29",
}

local words = { "lamp", "desk", "red+chair", "caf%C3%A9", "%E6%A4%85%E5%AD%90", "usb-c", "shelf" }

local referers = {
  function() return "https://www.example.com/" end,
  function() return "https://www.example.com/search?q=" .. pick(words) end,
  function() return "https://shop.example.org/products/" .. skewed(9000) end,
  function() return "https://news.example.net/2024/" .. random(12) .. "/" .. random(28) end,
}

local function client_address()
  if random() < 0.2 then
    return string.format("2001:db8:%x::%x", skewed(300), skewed(60000))
  end
  return pick({ "192.0.2.", "198.51.100.", "203.0.113." }) .. skewed(254)
end

local paths = {
  function() return "/products/" .. skewed(20000) end,
  function() return "/products/" .. skewed(20000) .. "?page=" .. skewed(40) .. "&sort=price" end,
  function() return "/assets/images/" .. skewed(5000) .. pick({ ".webp", ".jpg", ".png" }) end,
  function() return "/assets/app." .. random(9) .. pick({ ".js", ".css" }) end,
  function() return "/api/v2/orders/" .. random(1000000) .. "?expand=lines,customer" end,
}

-- A request before it is bytes: `headers` maps a name to its value.
local function visit(method, path, headers, body)
  headers = headers or {}
  headers["User-Agent"] = headers["User-Agent"] or pick(agents)
  if random() < 0.9 then
    headers["X-Forwarded-For"] = client_address()
  end
  if random() < 0.6 then
    headers["Referer"] = headers["Referer"] or pick(referers)()
  end
  return wrk.format(method, path, headers, body)
end

local function get(path, headers)
  return visit("GET", path, headers)
end

local function any_page(headers)
  return get(pick(paths)(), headers)
end

local function any_page_by(agent)
  return any_page({ ["User-Agent"] = agent })
end

local function as_http_1_0(request)
  return (request:gsub(" HTTP/1.1\r\n", " HTTP/1.0\r\n", 1))
end

-- Each kind: how many in 10,000, and how one is made.
local kinds = {
  -- Everyday traffic.
  { 6198, function() return any_page() end },
  { 600, function() return get("/search?q=" .. pick(words) .. "&page=" .. skewed(20)) end },
  { 500, function() return visit("POST", "/api/v2/cart", nil, '{"product":7}') end },
  { 100, function() return visit("PUT", "/api/v2/cart/" .. random(9), nil, '{"count":2}') end },
  { 60, function() return visit("DELETE", "/api/v2/cart/" .. random(9)) end },
  { 40, function() return visit("OPTIONS", "/api/v2/cart") end },
  -- wrk waits for the body that a HEAD response announces, until the server closes.
  { 60, function() return visit("HEAD", pick(paths)(), { Connection = "close" }) end },
  { 150, function() return as_http_1_0(any_page({ Connection = "keep-alive" })) end },
  { 50, function() return as_http_1_0(get("/health", { ["User-Agent"] = "kube-probe/1.29" })) end },
  { 100, function() return get("/health") end },
  { 400, function()
    return get("/assets/app.1.js", { ["If-Modified-Since"] = "Fri, 01 Jan 2038 00:00:00 GMT" })
  end },
  { 80, function() return get("/assets/video.mp4", { Range = "bytes=10-" .. random(2000) }) end },
  { 20, function() return get("/downloads/catalogue-" .. random(30) .. ".pdf") end },
  { 150, function() return get("/old/" .. random(500)) end },
  { 100, function() return get("/login?next=/account") end },
  { 250, function() return get("/missing/" .. random(9999) .. ".php") end },
  { 80, function() return get("/private/keys") end },
  { 40, function() return get("/broken") end },
  { 60, function() return get("/api/fail?attempt=" .. random(3)) end },
  { 120, function() return get("/legacy/" .. random(50)) end },
  { 120, function() return get("/reports/" .. random(12) .. ".csv") end },
  -- The delimiter inside a value: these records come out with more than 12 fields.
  { 150, function() return get("/products?filter=red|size:" .. pick({ "s", "m", "l" })) end },
  { 60, function() return get("/assets/fonts.css?family=Lato|Inter|Lora:" .. random(9)) end },
  { 80, function() return any_page_by("ShopApp/4.2 (ios|17.5) build/" .. random(900)) end },
  { 20, function() return any_page({ Referer = "https://www.example.com/?tags=a|b" }) end },
  { 10, function() return get("/search?q=" .. string.rep("|", random(40))) end },
  { 10, function() return get("/a|b", { Referer = "|", ["User-Agent"] = "||" }) end },
  -- Values that nginx escapes, leaves empty, or can only just take.
  { 50, function() return get("/products/caf\195\169/" .. random(99)) end },
  { 60, function() return any_page_by("Navigateur/1.0 (d\195\169mo \230\188\162)") end },
  { 20, function() return any_page_by("Agent \255\254\128 latin\t1") end },
  { 40, function() return any_page_by('Quoted "agent" \\ 1.0') end },
  { 20, function() return get('/search?q="lamp"') end },
  { 60, function() return any_page_by("") end },
  { 60, function() return "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" end },
  { 30, function() return get("/products?ids=" .. string.rep(random(100, 999) .. ",", 1020)) end },
  -- What nginx refuses: a TLS greeting, a space, no Host, a URI over its buffer, an unknown method.
  { 12, function() return "\22\3\1\2\0\1\0\1\252\3\3\r\n\r\n" end },
  { 12, function() return "GET /two words HTTP/1.1\r\nHost: localhost\r\n\r\n" end },
  { 12, function() return "GET /no-host HTTP/1.1\r\nUser-Agent: a|b\r\n\r\n" end },
  { 4, function() return get("/" .. string.rep("x", 9000), { Connection = "close" }) end },
  { 12, function() return visit("PROPFIND", "/assets/") end },
}

local total_weight = 0
for _, kind in ipairs(kinds) do
  total_weight = total_weight + kind[1]
end

local function any_request()
  local remaining = random() * total_weight
  for _, kind in ipairs(kinds) do
    remaining = remaining - kind[1]
    if remaining < 0 then
      return kind[2]()
    end
  end
end

function init(arguments)
  math.randomseed(tonumber(arguments[1]))
  local pause_milliseconds = tonumber(arguments[2])
  if pause_milliseconds > 0 then
    function delay()
      return pause_milliseconds
    end
  end
end

-- wrk parses the first request itself and stops if it is malformed, so that one is plain.
function request()
  request = any_request
  return get("/health")
end
