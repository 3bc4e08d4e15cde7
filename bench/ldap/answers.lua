-- login.lua that prints at the end how often each status was answered ("answered 503 1000"), and the longest time
-- in us.
dofile("bench/ldap/login.lua")
local threads = {}
answered = {}
function setup(thread) table.insert(threads, thread) end
function response(status) answered[status] = (answered[status] or 0) + 1 end
function done(_, latency)
    for _, thread in ipairs(threads) do
        for status, count in pairs(thread:get("answered")) do
            print("answered", status, count)
        end
    end
    print("slowest", latency.max)
end
