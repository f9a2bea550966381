"""What happens inside Redis in one step each, by the server's own clock."""

from __future__ import annotations

_NOW = "local t=redis.call('TIME'); local now=t[1]*1000+math.floor(t[2]/1000)\n"

# KEYS leases waiters lowered minute
# ARGV limit is_read token ttl_ms calls_a_minute (0: no such limit) waiter priority
# Returns {1, 0} when granted, else {0, ms to wait}; a named waiter stands in line then.
# Tokens of reads begin with r/: they never take the last slot from writes, where there are two.
ACQUIRE = (
    _NOW
    + """
local limit=tonumber(ARGV[1])
local lowered=tonumber(redis.call('GET',KEYS[3]) or '')
if lowered then limit=math.min(limit, lowered) end
redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',now)
redis.call('ZREMRANGEBYSCORE',KEYS[4],'-inf',now-60000)
local a_minute=tonumber(ARGV[5])
if a_minute>0 and redis.call('ZCARD',KEYS[4])>=a_minute then
  local oldest=redis.call('ZRANGE',KEYS[4],0,0,'WITHSCORES')
  return {0, math.max(1, tonumber(oldest[2])+60000-now)}
end
local full=redis.call('ZCARD',KEYS[1])>=limit
if ARGV[2]=='1' and not full then
  local reads=0
  for _,member in ipairs(redis.call('ZRANGE',KEYS[1],0,-1)) do
    if string.sub(member,1,2)=='r/' then reads=reads+1 end
  end
  full=reads>=math.max(1,limit-1)
end
if full then
  if ARGV[6]~='' then
    redis.call('ZADD',KEYS[2],'NX',tonumber(ARGV[7])*1e13+now,ARGV[6])
    redis.call('PEXPIRE',KEYS[2],3600000)
  end
  return {0, 0}
end
if ARGV[6]~='' then redis.call('ZREM',KEYS[2],ARGV[6]) end
redis.call('ZADD',KEYS[1],now+tonumber(ARGV[4]),ARGV[3])
redis.call('PEXPIRE',KEYS[1],tonumber(ARGV[4])*2)
redis.call('ZADD',KEYS[4],now,ARGV[3])
redis.call('PEXPIRE',KEYS[4],61000)
return {1, 0}
"""
)

# KEYS leases waiters   ARGV token
# Returns the first waiter, who is to be rung, or nothing.
RELEASE = """
if redis.call('ZREM',KEYS[1],ARGV[1])==0 then return nil end
return redis.call('ZPOPMIN',KEYS[2])[1]
"""

# KEYS leases   ARGV token ms
RENEW = (
    _NOW
    + """
if not redis.call('ZSCORE',KEYS[1],ARGV[1]) then return 0 end
redis.call('ZADD',KEYS[1],'XX',now+tonumber(ARGV[2]),ARGV[1])
redis.call('PEXPIRE',KEYS[1],60000)
return 1
"""
)

# KEYS lowered   ARGV limit ms
# Halves what is in force, down to one call at a time.
LOWER = """
local limit=tonumber(redis.call('GET',KEYS[1]) or ARGV[1])
redis.call('SET',KEYS[1],math.max(1,math.floor(limit/2)),'PX',ARGV[2])
return 1
"""
