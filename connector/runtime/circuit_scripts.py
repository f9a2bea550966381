"""How workers agree inside Redis that Intacct is away, and who looks whether it is back."""

from __future__ import annotations

from connector.runtime.lease_scripts import NOW

# KEYS circuit line   ARGV waiter score probe_ms may_look
# Returns {1, 0} for a call that may leave, {2, 0} for one that is the probe, and {0, ms to wait}.
# A waiter stands in line then; so does one that only steps back, after a call of its failed.
# The first one comes back when a probe is due, the next one a probe later: so somebody always
# looks, and not everybody at once.
ADMIT = (
    NOW
    + """
local kept=redis.call('HMGET',KEYS[1],'opened_at','probe_at')
if not kept[1] then return {1, 0} end
local probe_at=tonumber(kept[2])
if now>=probe_at and ARGV[4]=='1' then
  redis.call('HSET',KEYS[1],'probe_at',now+tonumber(ARGV[3]))
  return {2, 0}
end
local place=0
if ARGV[1]~='' then
  local score=tonumber(ARGV[2])
  if score%1e13==0 then score=score+now end
  redis.call('ZADD',KEYS[2],'NX',score,ARGV[1])
  redis.call('PEXPIRE',KEYS[2],86400000)
  place=redis.call('ZRANK',KEYS[2],ARGV[1])
end
return {0, math.max(1,probe_at-now)+place*tonumber(ARGV[3])}
"""
)

# KEYS circuit
# A probe found no slot, so nobody has looked: the next caller may.
GIVE_BACK = (
    NOW
    + """
if redis.call('HEXISTS',KEYS[1],'opened_at')==1 then redis.call('HSET',KEYS[1],'probe_at',now) end
return 1
"""
)

# KEYS circuit   ARGV most_failures probe_ms keep_ms
# Returns 1 when this failure opens the circuit.
FAILED = (
    NOW
    + """
local failures=redis.call('HINCRBY',KEYS[1],'failures',1)
redis.call('PEXPIRE',KEYS[1],ARGV[3])
if failures<tonumber(ARGV[1]) or redis.call('HEXISTS',KEYS[1],'opened_at')==1 then return 0 end
redis.call('HSET',KEYS[1],'opened_at',now,'probe_at',now+tonumber(ARGV[2]))
return 1
"""
)

# KEYS circuit line
# Returns everybody who waited, in order.
ANSWERED = """
local was_open=redis.call('HEXISTS',KEYS[1],'opened_at')==1
redis.call('DEL',KEYS[1])
if not was_open then return {} end
local line=redis.call('ZRANGE',KEYS[2],0,-1)
redis.call('DEL',KEYS[2])
return line
"""

# KEYS circuit line
# Returns {now, opened_at or 0, probe_at or 0, how many wait}.
STATE = (
    NOW
    + """
local kept=redis.call('HMGET',KEYS[1],'opened_at','probe_at')
return {now, tonumber(kept[1] or '0'), tonumber(kept[2] or '0'), redis.call('ZCARD',KEYS[2])}
"""
)
