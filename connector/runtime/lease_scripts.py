"""What happens inside Redis in one step each, by the server's own clock."""

from __future__ import annotations

NOW = "local t=redis.call('TIME'); local now=t[1]*1000+math.floor(t[2]/1000)\n"

# The limit in force: what Sage's headers said, else the connection's number, never above the most
# a person allows; after a refusal less, and one more again for every step of quiet.
_LIMIT = """
local function raised(key,now,step)
  local kept=redis.call('HMGET',key,'lowered','lowered_at')
  if not kept[1] then return nil end
  return tonumber(kept[1])+math.floor(math.max(0,now-tonumber(kept[2]))/step)
end
local function in_force(key,now,start,most,step)
  local known=tonumber(redis.call('HGET',key,'known') or '')
  local limit=math.max(1,math.min(most,known or start))
  local lowered=raised(key,now,step)
  if lowered then limit=math.min(limit,lowered) end
  return limit
end
"""

# KEYS leases waiters limits minute present
# ARGV start most step_ms | a_minute most_a_minute | is_read priority me waiter score stands_in_line
#      | token function ttl_ms courtesy_ms
# Returns {1, 0, limit, member} when granted, else {0, ms to wait, limit, ''}. Who is to stand in
# line does so then; anybody else goes on asking, and lesser callers leave it the next slot.
# Members of reads begin with r/: they never take the last slot from writes, where there are two.
ACQUIRE = (
    NOW
    + _LIMIT
    + """
local limit=in_force(KEYS[3],now,tonumber(ARGV[1]),tonumber(ARGV[2]),tonumber(ARGV[3]))
local said=redis.call('HMGET',KEYS[3],'minute','paused_until')
redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',now)
redis.call('ZREMRANGEBYSCORE',KEYS[4],'-inf',now-60000)
redis.call('ZREMRANGEBYSCORE',KEYS[5],'-inf',now)
local paused=tonumber(said[2] or '')
if paused and paused>now then return {0, paused-now, limit, ''} end
local a_minute=tonumber(ARGV[4])
if said[1] then a_minute=math.min(tonumber(said[1]),tonumber(ARGV[5])) end
if a_minute>0 and redis.call('ZCARD',KEYS[4])>=a_minute then
  local oldest=redis.call('ZRANGE',KEYS[4],0,0,'WITHSCORES')
  return {0, math.max(1, tonumber(oldest[2])+60000-now), limit, ''}
end
local is_read=ARGV[6]=='1'
local reads=0
local held=redis.call('ZRANGE',KEYS[1],0,-1)
for _,member in ipairs(held) do
  if string.sub(member,1,2)=='r/' then reads=reads+1 end
end
local reads_are_full=reads>=math.max(1,limit-1)
local promised=0
for _,member in ipairs(redis.call('ZRANGE',KEYS[5],0,-1)) do
  local could_go=string.sub(member,2,2)~='r' or not reads_are_full
  if tonumber(string.sub(member,1,1))<tonumber(ARGV[7]) and could_go then promised=promised+1 end
end
if #held+promised>=limit or (is_read and reads_are_full) then
  if ARGV[11]=='1' then
    redis.call('ZREM',KEYS[5],ARGV[8])
    if ARGV[9]=='' then return {0, 0, limit, ''} end
    local score=tonumber(ARGV[10])
    if score==0 then score=now end
    redis.call('ZADD',KEYS[2],'NX',tonumber(ARGV[7])*1e13+score,ARGV[9])
    redis.call('PEXPIRE',KEYS[2],3600000)
  else
    redis.call('ZADD',KEYS[5],now+tonumber(ARGV[15]),ARGV[8])
    redis.call('PEXPIRE',KEYS[5],60000)
  end
  return {0, 0, limit, ''}
end
redis.call('ZREM',KEYS[5],ARGV[8],ARGV[7]..'-/'..ARGV[9])
redis.call('ZREM',KEYS[2],ARGV[9])
local member=ARGV[12]..'/'..string.format('%d',now)..'/'..ARGV[13]
redis.call('ZADD',KEYS[1],now+tonumber(ARGV[14]),member)
redis.call('PEXPIRE',KEYS[1],tonumber(ARGV[14])*2)
redis.call('ZADD',KEYS[4],now,member)
redis.call('PEXPIRE',KEYS[4],61000)
return {1, 0, limit, member}
"""
)

# KEYS leases waiters limits present   ARGV member start most step_ms courtesy_ms
# Returns the waiters that are to be rung: as many as there are slots now. Lesser callers leave
# them the slot for as long as a bell usually travels.
RELEASE = (
    NOW
    + _LIMIT
    + """
if redis.call('ZREM',KEYS[1],ARGV[1])==0 then return {} end
redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',now)
local limit=in_force(KEYS[3],now,tonumber(ARGV[2]),tonumber(ARGV[3]),tonumber(ARGV[4]))
local free=limit-redis.call('ZCARD',KEYS[1])
local rung={}
if free<1 then return rung end
local first=redis.call('ZPOPMIN',KEYS[2],free)
for place=1,#first,2 do
  rung[#rung+1]=first[place]
  local priority=math.floor(tonumber(first[place+1])/1e13)
  redis.call('ZADD',KEYS[4],now+tonumber(ARGV[5]),priority..'-/'..first[place])
  redis.call('PEXPIRE',KEYS[4],60000)
end
return rung
"""
)

# KEYS leases   ARGV member ms
RENEW = (
    NOW
    + """
if not redis.call('ZSCORE',KEYS[1],ARGV[1]) then return 0 end
redis.call('ZADD',KEYS[1],'XX',now+tonumber(ARGV[2]),ARGV[1])
redis.call('PEXPIRE',KEYS[1],60000)
return 1
"""
)

# KEYS limits   ARGV start most step_ms
# Halves what is in force, down to one call at a time. Calls that were refused together count once.
LOWER = (
    NOW
    + _LIMIT
    + """
local at=tonumber(redis.call('HGET',KEYS[1],'lowered_at') or '')
if at and now-at<1000 then return 0 end
local limit=in_force(KEYS[1],now,tonumber(ARGV[1]),tonumber(ARGV[2]),tonumber(ARGV[3]))
redis.call('HSET',KEYS[1],'lowered',math.max(1,math.floor(limit/2)),'lowered_at',now)
redis.call('PEXPIRE',KEYS[1],3600000)
return 1
"""
)

# KEYS limits   ARGV known left minute pause_ms ('' for what was not said) step_ms
# Room that Sage reports raises a lowered limit by one at once, but at most once a second.
LEARN = (
    NOW
    + _LIMIT
    + """
if ARGV[1]~='' then redis.call('HSET',KEYS[1],'known',ARGV[1]) end
if ARGV[3]~='' then redis.call('HSET',KEYS[1],'minute',ARGV[3]) end
if ARGV[4]~='' then
  local paused=tonumber(redis.call('HGET',KEYS[1],'paused_until') or '0')
  redis.call('HSET',KEYS[1],'paused_until',math.max(paused,now+tonumber(ARGV[4])))
end
local at=tonumber(redis.call('HGET',KEYS[1],'lowered_at') or '')
if at and now-at>=1000 and tonumber(ARGV[2] or '') and tonumber(ARGV[2])>0 then
  redis.call('HSET',KEYS[1],'lowered',raised(KEYS[1],now,tonumber(ARGV[5]))+1,'lowered_at',now)
end
redis.call('PEXPIRE',KEYS[1],3600000)
return 1
"""
)

# KEYS leases waiters limits minute   ARGV start most step_ms last_waiter
# Returns {now, limit, calls within the last minute, ms of pause, holders, waiters with scores}.
VIEW = (
    NOW
    + _LIMIT
    + """
local limit=in_force(KEYS[3],now,tonumber(ARGV[1]),tonumber(ARGV[2]),tonumber(ARGV[3]))
local paused=tonumber(redis.call('HGET',KEYS[3],'paused_until') or '0')
return {now, limit, redis.call('ZCOUNT',KEYS[4],now-60000,'+inf'), math.max(0,paused-now),
  redis.call('ZRANGEBYSCORE',KEYS[1],'('..now,'+inf'),
  redis.call('ZRANGE',KEYS[2],0,tonumber(ARGV[4]),'WITHSCORES')}
"""
)
