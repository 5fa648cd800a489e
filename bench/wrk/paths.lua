-- Requests addresses from a file, one a line, in a random order that is the same in every run.
-- Arguments: the file, the token, the header that carries it (Access-Token unless given).

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("seed", threads)
end

function init(args)
  math.randomseed(20261122 + seed)
  local header = args[3] or "Access-Token"
  requests = {}
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path, { [header] = args[2], ["Host"] = wrk.host })
  end
end

function request()
  return requests[math.random(#requests)]
end
