-- Asks tokend about a request: `http-request lua.tokend`, or `http-request lua.tokend_with QUERY` with a query that
-- /auth/verify takes: group=admins. It only sets variables; haproxy.cfg beside this file decides:
--   txn.tokend_status                            the status of tokend's answer, or 0 if there is none
--   txn.tokend_challenge                         WWW-Authenticate of a 401
--   txn.tokend_user, _organisation, _unit, _groups    whose token it is
--   txn.tokend_cookies                           the client's cookies without the one that holds the token

local server = "http://127.0.0.1:8080"
local milliseconds = 5000 -- that tokend may take
local cookie = "tokend"   -- `verify-cookie` of tokend

-- What tokend reads of a request. 16 KiB of headers or more than 100 of them, which the application may well take, would
-- be refused.
local read = { "authorization", "x-auth-token", "cookie" }

-- The values of a header. HAProxy counts them from 0, Lua from 1.
local function values(header)
    local list = {}
    for i = 0, #header do
        list[#list + 1] = header[i]
    end
    return list
end

local function cookies_without_token(headers)
    local kept = {}
    for _, line in ipairs(values(headers["cookie"] or {})) do
        for pair in line:gmatch("[^;]+") do
            pair = pair:match("^%s*(.-)%s*$")
            if pair:match("^[^=]*") ~= cookie then
                kept[#kept + 1] = pair
            end
        end
    end
    return table.concat(kept, "; ")
end

local function tokend(txn, query)
    local sent = txn.http:req_get_headers()
    txn:set_var("txn.tokend_cookies", cookies_without_token(sent))
    local headers = { ["x-forwarded-for"] = { txn.f:src() } }
    for _, name in ipairs(read) do
        if sent[name] then
            headers[name] = values(sent[name])
        end
    end
    local answer = core.httpclient():get {
        url = server .. "/auth/verify?" .. (query or ""),
        headers = headers,
        timeout = milliseconds
    }
    local function header(name)
        local all = answer.headers and answer.headers[name]
        return all and all[0] or ""
    end
    txn:set_var("txn.tokend_challenge", header("www-authenticate"))
    for _, name in ipairs { "user", "organisation", "unit", "groups" } do
        txn:set_var("txn.tokend_" .. name, header("x-auth-" .. name))
    end
    txn:set_var("txn.tokend_status", answer.status or 0)
end

core.register_action("tokend", { "http-req" }, tokend)
core.register_action("tokend_with", { "http-req" }, tokend, 1)
