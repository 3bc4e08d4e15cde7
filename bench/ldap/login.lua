-- Logs in one of 200 users of the directory by POST, another user each time.
wrk.method = "POST"
wrk.path = "/authentication/token"
wrk.headers["Content-Type"] = "application/json"
local next_user = 0
function request()
    next_user = (next_user + 7) % 200
    return wrk.format(nil, nil, nil,
        '{"username":"user' .. next_user .. '","password":"user-secret","organisation":"CRMDEMO"}')
end
