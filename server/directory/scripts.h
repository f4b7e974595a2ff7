// What the server does in one step. A room is a list, oldest event first; each value has a head that only these look at:
//   u32 epoch, u64 seq, u64 bytes of all events before it since the list began, u32 its own bytes (ports::tail_bytes)
// The head of the last one says what may go on there, the heads of both ends how much is kept.
#pragma once

namespace starling::directory {

/// KEYS: the room. ARGV: epoch, first seq, most events, most bytes, life in ms; then bytes and value of each event.
/// 1: kept. 0: it does not go on there, and all is gone.
inline constexpr char kAppendScript[] = R"lua(
local key, epoch, seq, total = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), 0
local last = redis.pcall('LINDEX', key, -1)
if type(last) == 'table' and not string.find(last.err, 'WRONGTYPE', 1, true) then return last end
if last then
  local e, s, before, bytes
  if type(last) == 'string' and #last >= 24 then e, s, before, bytes = struct.unpack('<I4I8I8I4', last) end
  if e ~= epoch or s + 1 ~= seq then
    redis.call('DEL', key)
    return 0
  end
  total = before + bytes
end
for i = 6, #ARGV, 2 do
  redis.call('RPUSH', key, struct.pack('<I4I8I8I4', epoch, seq, total, ARGV[i]) .. ARGV[i + 1])
  seq = seq + 1
  total = total + ARGV[i]
end
local count = redis.call('LLEN', key)
while count > 0 do
  local _, _, before = struct.unpack('<I4I8I8', redis.call('LINDEX', key, 0))
  if count <= tonumber(ARGV[3]) and total - before <= tonumber(ARGV[4]) then break end
  redis.call('LPOP', key)
  count = count - 1
end
if count > 0 then redis.call('PEXPIRE', key, ARGV[5]) end
return 1
)lua";

/// KEYS: the room. ARGV: epoch, the seq to begin with. The values from there on, without their heads; or none.
inline constexpr char kReadScript[] = R"lua(
local first = redis.pcall('LINDEX', KEYS[1], 0)
if type(first) == 'table' and not string.find(first.err, 'WRONGTYPE', 1, true) then return first end
if type(first) ~= 'string' or #first < 24 then return {} end
local epoch, seq = struct.unpack('<I4I8', first)
local skip = tonumber(ARGV[2]) - seq
if epoch ~= tonumber(ARGV[1]) or skip < 0 then return {} end
local values = redis.call('LRANGE', KEYS[1], skip, -1)
for i, value in ipairs(values) do values[i] = string.sub(value, 25) end
return values
)lua";

/// What the server's user has to be allowed, for the log.
inline constexpr char kAclRules[] = "-@all +evalsha +script|load +lindex +llen +lrange +rpush +lpop +del +pexpire";

}  // namespace starling::directory
