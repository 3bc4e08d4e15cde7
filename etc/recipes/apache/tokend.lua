-- Asks tokend about each request; see tokend.conf beside this file. Needs lua-socket.

local http = require "socket.http"

local server = "http://127.0.0.1:8080"
http.TIMEOUT = 5 -- seconds that tokend may take

-- What tokend reads of a request. 16 KiB of headers or more than 100 of them, which the application may well take, would
-- be refused.
local read = { "Authorization", "X-Auth-Token", "Cookie" }
-- What the application is told.
local told = { "X-Auth-User", "X-Auth-Organisation", "X-Auth-Unit", "X-Auth-Groups" }
-- What no client may tell it.
local reserved = { "X-Auth-User", "X-Auth-Organisation", "X-Auth-Unit", "X-Auth-Groups", "X-Auth-Accessor",
                   "X-Auth-Expires-In" }

local function remove_claims(r)
    for _, name in ipairs(reserved) do
        r.headers_in[name] = nil
    end
    -- X_Auth_User and X-Auth-User are one variable to many applications.
    for name in pairs(r:headers_in_table()) do
        if name:find("[^%w-]") then
            r.headers_in[name] = nil
        end
    end
    -- Apache removes the headers that Connection names, so no client may name these.
    local connection = r.headers_in["Connection"]
    if connection then
        r.headers_in["Connection"] = connection:gsub("[Xx]%-[Aa][Uu][Tt][Hh][%w-]*", "")
    end
end

local function ask(r, query)
    local headers = { ["X-Forwarded-For"] = r.useragent_ip }
    for _, name in ipairs(read) do
        headers[name] = r.headers_in[name]
    end
    local body, status, answer = http.request {
        url = server .. "/auth/verify?" .. query,
        headers = headers,
        redirect = false
    }
    remove_claims(r)
    if status == 200 then
        for _, name in ipairs(told) do
            r.headers_in[name] = answer[name:lower()]
        end
        return apache2.DECLINED -- lets the next checker decide; OK would leave it out
    end
    if status == 401 then
        r.err_headers_out["WWW-Authenticate"] = answer["www-authenticate"]
        return 401
    end
    if type(status) == "number" and status >= 400 and status < 500 then
        return 403 -- a group is missing, or the credentials are too large to be read
    end
    r.err_headers_out["Retry-After"] = "5"
    return 503
end

function anybody(r)
    return ask(r, "")
end

function admins(r)
    return ask(r, "group=admins")
end
