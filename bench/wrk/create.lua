-- Creates contacts, no two alike. Arguments: a number that no other round uses, the token.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("seed", threads)
end

function init(args)
  round = tonumber(args[1])
  headers = { ["Access-Token"] = args[2], ["Host"] = wrk.host, ["Content-Type"] = "application/json" }
  number = 0
end

function request()
  number = number + 1
  local own = string.format("%03d%d-%06d", round, seed, number)
  local body = string.format(
    '{"nome":"Cliente %s","constante":3,"cargo":"Compras","emails":["cliente%s@cliente.example"],' ..
    '"telefones":["(48) 9%s"],"observacao":"Pediu uma proposta para doze meses.","responsavel":{"id":1}}',
    own, own, own)
  return wrk.format("POST", nil, headers, body)
end
