-- Requests for recommendations, one in five an event of the same user: wrk ... -s mixed.lua URL -- USERS-FILE
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  users = {}
  for user in io.lines(args[1]) do
    users[#users + 1] = user
  end
  sent, events, seen = 0, 0, {}
  run = tostring(os.time()) .. "-" .. number
end

function request()
  sent = sent + 1
  local user = users[sent * 7919 % #users + 1]
  local headers = { ["Content-Type"] = "application/json" }
  if sent % 5 == 0 then
    events = events + 1
    local body = string.format(
      '{"id":"%s-%d","user":"%s","item":"%d","type":"click"}', run, sent, user, sent * 104729 % 300 + 1)
    return wrk.format("POST", "/v1/events", headers, body)
  end
  return wrk.format("POST", "/v1/recommend", headers, '{"user":"' .. user .. '","k":10}')
end

function response(status)
  local name = tostring(status)
  seen[name] = (seen[name] or 0) + 1
end

function done(summary)
  local statuses, events = {}, 0
  for _, thread in ipairs(threads) do
    events = events + thread:get("events")
    for name, count in pairs(thread:get("seen")) do
      statuses[name] = (statuses[name] or 0) + count
    end
  end
  local parts = {}
  for name, count in pairs(statuses) do
    parts[#parts + 1] = string.format('"%s":%d', name, count)
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"events":%d,"statuses":{%s},"failed":%d}\n', summary.requests, events,
    table.concat(parts, ","), errors.connect + errors.read + errors.write + errors.timeout))
end
