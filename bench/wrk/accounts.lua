-- Creates accounts in the Egito dialect, no two alike. Arguments: a number that no other round uses, the bearer token.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("seed", threads)
end

function init(args)
  round = tonumber(args[1])
  headers = { ["Authorization"] = "Bearer " .. args[2], ["Host"] = wrk.host, ["Content-Type"] = "application/json" }
  number = 0
end

function request()
  number = number + 1
  local own = string.format("%03d%d-%06d", round, seed, number)
  local body = string.format(
    '{"name":"Klient %s","email":"klient%s@klient.example","phone":"(48) 9%s","city":"Nowy Targ",' ..
    '"description":"Prosi o ofertę na dwanaście miesięcy."}',
    own, own, own)
  return wrk.format("POST", "/services/restapi/json/Account/create", headers, body)
end
