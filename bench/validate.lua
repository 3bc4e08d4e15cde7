-- POST validate with one of the live tokens of the file named in TOKENS.
local tokens = {}
for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
local headers = {["Content-Type"] = "application/json"}
local n = 0
function request()
    n = n % #tokens + 1
    return wrk.format("POST", "/authentication/token/validate", headers, '{"token":"' .. tokens[n] .. '"}')
end
