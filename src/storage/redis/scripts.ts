import { createHash } from 'node:crypto'

/** A script that Redis runs as one step, while it does nothing else. */
export interface Script {
  text: string
  /** What Redis calls it once it knows it. */
  sha: string
}

/**
 * Every script asks first whether this is still the data set that was opened, and that it is no replica's copy, which
 * may be behind: neither may seem empty, and neither may be written. The first argument is the store's id.
 */
const atHome = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('NOTOURS this is another data set') end
if not string.find(redis.call('INFO', 'replication'), 'role:master', 1, true) then
  return redis.error_reply('REPLICA this is a copy')
end
`

/** The rows and their order are two keys. Somebody who takes one of them away must not make rows disappear in silence. */
const undamaged = `
if redis.call('HLEN', KEYS[2]) ~= redis.call('ZCARD', KEYS[3]) then
  return redis.error_reply('DAMAGED rows and order differ')
end
`

/** Gives the text of every key in `keys`, as key, text, key, text. Lua can hand over some thousands at once. */
const pairs = `
local answer = {}
for first = 1, #keys, 1000 do
  local some = {unpack(keys, first, math.min(first + 999, #keys))}
  local texts = redis.call('HMGET', KEYS[2], unpack(some))
  for i = 1, #some do
    if not texts[i] then return redis.error_reply('DAMAGED rows and order differ') end
    answer[#answer + 1] = some[i]
    answer[#answer + 1] = texts[i]
  end
end
return answer
`

/** Arguments: id. */
export const assertHome = script(`${atHome} return 1`)

/** Arguments: id, key. */
export const getRow = script(`${atHome} ${undamaged} return redis.call('HGET', KEYS[2], ARGV[2])`)

/** Arguments: id, least, most: both as ZRANGEBYLEX has them. */
export const readRange = script(`${atHome} ${undamaged}
local keys = redis.call('ZRANGEBYLEX', KEYS[3], ARGV[2], ARGV[3])
${pairs}`)

/** Arguments: id, least, limit. */
export const readAfter = script(`${atHome} ${undamaged}
local keys = redis.call('ZRANGEBYLEX', KEYS[3], ARGV[2], '+', 'LIMIT', 0, ARGV[3])
${pairs}`)

/**
 * Compares everything, then sets everything. Nothing of the second half can fail any more: the sizes and the registry
 * were asked, so the keys are of the right kind, and Redis asks for memory only before a script's first write.
 * Arguments: id, namespace, token and milliseconds of who holds the store (an empty token: who does not ask for that),
 * then five for each change: key, whether something must be stored and what, whether something shall be stored and what.
 */
export const swapRows = script(`${atHome} ${undamaged}
redis.call('SISMEMBER', KEYS[4], ARGV[2])
local holder = redis.call('GET', KEYS[5])
local isLapsed = not holder and redis.call('GET', KEYS[6]) == ARGV[3]
if ARGV[3] ~= '' and holder ~= ARGV[3] and not isLapsed then
  return redis.error_reply('INUSE another bot works on this store')
end
for i = 5, #ARGV, 5 do
  local stored = redis.call('HGET', KEYS[2], ARGV[i])
  if ARGV[i + 1] == '1' then
    if stored ~= ARGV[i + 2] then return 0 end
  elseif stored then
    return 0
  end
end
if ARGV[3] ~= '' and isLapsed then redis.call('SET', KEYS[5], ARGV[3], 'PX', ARGV[4]) end
for i = 5, #ARGV, 5 do
  if ARGV[i + 3] == '1' then
    redis.call('SADD', KEYS[4], ARGV[2])
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 4])
    redis.call('ZADD', KEYS[3], 0, ARGV[i])
  else
    redis.call('HDEL', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[3], ARGV[i])
  end
end
return 1`)

/**
 * Takes the store for one bot: 0 where that was done, else how many milliseconds another one still has it.
 * Keys: id, holder, last holder. Arguments: id, token, milliseconds.
 */
export const takeHold = script(`${atHome}
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[2] then return math.max(redis.call('PTTL', KEYS[2]), 1) end
redis.call('SET', KEYS[3], ARGV[2])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 0`)

/**
 * 1 where it is still, or again, this bot's: one that lapsed is taken again only where nobody had it in between, who
 * may have written what this bot does not know. Keys and arguments as for `takeHold`.
 */
export const keepHold = script(`${atHome}
local holder = redis.call('GET', KEYS[2])
if (holder or redis.call('GET', KEYS[3])) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1`)

/** Keys and arguments as for `takeHold`. */
export const letGo = script(`${atHome}
if redis.call('GET', KEYS[2]) == ARGV[2] then redis.call('DEL', KEYS[2]) end
return 1`)

/** Keys: id, namespaces. Arguments: id. */
export const listNamespaces = script(`${atHome} return redis.call('SMEMBERS', KEYS[2])`)

/**
 * Everything that a swap does, once, in a namespace that no other can be, and undone: an account that lacks one of the
 * rights is refused by this, and not half-way through a swap.
 */
const attempt = `
redis.call('HSET', KEYS[2], 'a', 'b')
redis.call('HGET', KEYS[2], 'a')
redis.call('HMGET', KEYS[2], 'a')
redis.call('HLEN', KEYS[2])
redis.call('HDEL', KEYS[2], 'a')
redis.call('ZADD', KEYS[3], 0, 'a')
redis.call('ZCARD', KEYS[3])
redis.call('ZRANGEBYLEX', KEYS[3], '-', '+')
redis.call('ZREM', KEYS[3], 'a')
redis.call('SADD', KEYS[4], '-')
redis.call('SISMEMBER', KEYS[4], '-')
redis.call('SMEMBERS', KEYS[4])
redis.call('SREM', KEYS[4], '-')
redis.call('SET', KEYS[5], 'a', 'PX', 1000)
redis.call('PTTL', KEYS[5])
redis.call('DEL', KEYS[5])
redis.call('INFO', 'replication')
`

/** Keys: id, rows, order, registry, holder. Arguments: id. */
export const tryWriting = script(`${atHome} ${attempt} return 1`)

/**
 * Gives the id of the data set; where there is none, the one that is offered becomes it.
 * Keys: id, rows, order, registry, holder. Arguments: id.
 */
export const openDataSet = script(`${attempt}
redis.call('SETNX', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])`)

function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
