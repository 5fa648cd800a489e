-- Creates contacts, no two alike. Arguments: a word that no other run uses, the token.

local seed = 0

function setup(thread)
  seed = seed + 1
  thread:set("seed", seed)
end

function init(args)
  word = args[1] .. "t" .. seed
  headers = { ["Access-Token"] = args[2], ["Host"] = wrk.host, ["Content-Type"] = "application/json" }
  number = 0
end

function request()
  number = number + 1
  local phone = string.format("(%02d) 9%04d-%04d", 11 + seed, math.floor(number / 10000), number % 10000)
  local body = string.format(
    '{"nome":"Cliente %s-%d","constante":3,"cargo":"Compras","emails":["%s.%d@cliente.example"],' ..
    '"telefones":["%s"],"observacao":"Pediu uma proposta para doze meses.","responsavel":{"id":1}}',
    word, number, word, number, phone)
  return wrk.format("POST", nil, headers, body)
end
