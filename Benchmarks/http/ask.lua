-- Asks for the recommendations of one user after the other.
--   wrk ... -s ask.lua URL -- USERS-FILE RATE-OF-A-CONNECTION
-- A rate of 0 asks again at once; another one waits a random time between two requests, a second over the rate on
-- average, so that they come as from people who know nothing of each other.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  bodies = {}
  for user in io.lines(args[1]) do
    bodies[#bodies + 1] = '{"user":"' .. user .. '","k":10}'
  end
  rate = tonumber(args[2])
  math.randomseed(number + 1)
  place = number * 104729
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  place = (place + 7919) % #bodies
  return wrk.format(nil, nil, nil, bodies[place + 1])
end

function delay()
  if rate == 0 then
    return 0
  end
  return math.floor(-math.log(1 - math.random()) / rate * 1000 + 0.5)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
