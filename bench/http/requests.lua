-- One generator for tokend and for nginx, so that both serve the same client. The environment sets:
--   SCENARIO   validate, verify, issue, hash, release (each token once, from token number OFFSET on)
--   TOKENS     file of live tokens, one a line; used at random
--   DEPTH      requests in one piece (pipelining), 1 by default
--   PAUSE      mean time in ms that a connection rests before a request, 0 by default
--   KEEP       file for the tokens of the answers; after LIMIT tokens the generator stops
local scenario, depth = os.getenv("SCENARIO"), tonumber(os.getenv("DEPTH") or 1)
local pause, keep, limit = tonumber(os.getenv("PAUSE") or 0), os.getenv("KEEP"), tonumber(os.getenv("LIMIT") or 0)
local organisation = os.getenv("ORGANISATION") or "BENCH"
local line, tokens, kept, count = 33, "", nil, 0
local json = {["Content-Type"] = "application/json"}

local function token()
    local at = math.random(0, #tokens / line - 1) * line
    return tokens:sub(at + 1, at + line - 1)
end

local function one()
    if scenario == "validate" then
        return wrk.format("POST", "/authentication/token/validate", json, '{"token":"' .. token() .. '"}')
    elseif scenario == "verify" then
        return wrk.format("GET", "/auth/verify", {["Authorization"] = "Bearer " .. token()})
    end
    return wrk.format("POST", "/authentication/token", json,
        '{"username":"mpadministrator","password":"1234","organisation":"' .. organisation .. '"}')
end

local function piece()
    local all = {}
    for i = 1, depth do all[i] = one() end
    return table.concat(all)
end

-- Requests are made beforehand, so that the generator costs little and the same at each depth.
local pieces = {}
local next_token = tonumber(os.getenv("OFFSET") or 0)
function request()
    if scenario ~= "release" then return pieces[math.random(#pieces)] end
    local at = next_token * line
    next_token = next_token + 1
    return wrk.format("POST", "/authentication/token/release", json, '{"token":"' .. tokens:sub(at + 1, at + line - 1) .. '"}')
end

function init()
    math.randomseed(os.time())
    local file = os.getenv("TOKENS") and io.open(os.getenv("TOKENS"))
    if file then tokens = file:read("*a") end
    if keep then kept = io.open(keep, "w") end
    for i = 1, scenario == "release" and 0 or 32768 / depth do pieces[i] = piece() end
end

if pause > 0 then
    function delay() return math.random(0, 2 * pause) end
end

if keep then
    function response(status, headers, body)
        if count == limit then return end  -- answers that were on their way when the generator stopped
        kept:write(body:match('"token":"(%x+)"'), "\n")
        count = count + 1
        if count == limit then
            kept:close()
            wrk.thread:stop()
        end
    end
end
