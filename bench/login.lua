-- POST login of the demonstration's user.
wrk.method = "POST"
wrk.path = "/authentication/token"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"username":"mpadministrator","password":"1234","organisation":"CRMDEMO"}'
