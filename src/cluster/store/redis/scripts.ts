/*
 * One script for each step, since Redis runs a script as a whole or not at all. All keys of a run have one hash tag, so
 * they lie on one server of a Redis Cluster.
 */

/** The keys of a run, in the order in which each script gets them. */
export const RUN_KEYS = ['head', 'epoch', 'lease', 'in', 'meta', 'starts', 'part', 'out'] as const;

const NAMES = `
local head, epoch, lease, input, meta, starts, part, out = unpack(KEYS)
local function keep(ms)
  for i = 1, #KEYS do
    if KEYS[i] ~= lease then redis.call('PEXPIRE', KEYS[i], ms) end
  end
end
local function text(number) return string.format('%.0f', number) end
local function judge(expected)
  local now = redis.call('GET', epoch)
  -- An epoch that is to come is one that the server has lost, with all that came behind its last write to disk.
  if not now or tonumber(now) < tonumber(expected) then return 'gone' end
  return now == expected and 'held' or 'superseded'
end
`;

/** The text and number of keys of each script; the arguments stand above each. */
export const scripts: Readonly<Record<string, { numberOfKeys: number; lua: string }>> = {
  // head, caller, lease in ms, life in ms
  telarOpen: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      local known = redis.call('GET', head)
      if known and known ~= ARGV[1] then return { 'mismatch', known } end
      local holder = redis.call('GET', lease)
      if holder and holder ~= ARGV[2] then return { 'in-use', holder } end
      redis.call('SET', head, ARGV[1])
      redis.call('SET', lease, ARGV[2], 'PX', ARGV[3])
      -- Neither epochs nor numbers come twice, also when all of the run was deleted in between, or the last of it lost: a chunk
      -- takes longer than the microsecond that its number stands for.
      local time = redis.call('TIME')
      local micros = time[1] * 1000000 + time[2]
      local now = text(math.max(tonumber(redis.call('GET', epoch) or '0') + 1, micros))
      redis.call('SET', epoch, now)
      redis.call('HSET', meta, 'next', text(math.max(tonumber(redis.call('HGET', meta, 'next') or '0'), micros)))
      for _, number in ipairs(redis.call('HKEYS', input)) do redis.call('HDEL', meta, number) end
      redis.call('DEL', input, starts, part)
      keep(ARGV[4])
      return { 'opened', now, redis.call('HGETALL', meta) }`,
  },
  // epoch, caller, lease in ms, life in ms
  telarRenew: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      local state = judge(ARGV[1])
      if state ~= 'held' then return state end
      redis.call('SET', lease, ARGV[2], 'PX', ARGV[3])
      keep(ARGV[4])
      return state`,
  },
  // epoch, caller, lease in ms, life in ms, then number, meta and input of each chunk
  telarPut: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      local state = judge(ARGV[1])
      if state ~= 'held' then return state end
      local next = tonumber(redis.call('HGET', meta, 'next') or '0')
      for i = 5, #ARGV, 3 do
        local number = ARGV[i]
        if redis.call('HEXISTS', out, number) == 0 then
          redis.call('HSET', meta, number, ARGV[i + 1])
          redis.call('HSETNX', input, number, ARGV[i + 2])
        end
        if tonumber(number) >= next then next = tonumber(number) + 1 end
      end
      redis.call('HSET', meta, 'next', text(next))
      redis.call('SET', lease, ARGV[2], 'PX', ARGV[3])
      keep(ARGV[4])
      return state`,
  },
  // numbers
  telarDrop: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      for i = 1, #ARGV do
        redis.call('HDEL', input, ARGV[i])
        redis.call('HDEL', meta, ARGV[i])
        redis.call('HDEL', starts, ARGV[i])
        redis.call('HDEL', part, ARGV[i])
        redis.call('HDEL', out, ARGV[i])
      end
      return 1`,
  },
  // epoch
  telarLeave: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      if judge(ARGV[1]) ~= 'held' then return 0 end
      redis.call('SET', epoch, text(tonumber(ARGV[1]) + 1), 'KEEPTTL')
      for _, number in ipairs(redis.call('HKEYS', input)) do redis.call('HDEL', meta, number) end
      redis.call('DEL', lease, input, starts, part)
      return 1`,
  },
  // epoch
  telarEnd: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      if judge(ARGV[1]) ~= 'held' then return 0 end
      redis.call('DEL', unpack(KEYS))
      return 1`,
  },
  // number
  telarBegin: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      local bytes = redis.call('HGET', input, ARGV[1])
      if not bytes then return false end
      local count = redis.call('HINCRBY', starts, ARGV[1], 1)
      local life = redis.call('PTTL', input)
      if life > 0 then redis.call('PEXPIRE', starts, life) end
      return {
        redis.call('GET', head), redis.call('HGET', meta, ARGV[1]), bytes,
        redis.call('HGET', part, ARGV[1]), count
      }`,
  },
  // number, part
  telarNote: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      if redis.call('HEXISTS', input, ARGV[1]) == 0 then return 0 end
      redis.call('HSET', part, ARGV[1], ARGV[2])
      local life = redis.call('PTTL', input)
      if life > 0 then redis.call('PEXPIRE', part, life) end
      return 1`,
  },
  // number
  telarRelease: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      if redis.call('HEXISTS', input, ARGV[1]) == 0 then return 0 end
      local count = tonumber(redis.call('HGET', starts, ARGV[1]) or '0')
      if count > 0 then redis.call('HINCRBY', starts, ARGV[1], -1) end
      return 1`,
  },
  // number, output, channel
  telarCommit: {
    numberOfKeys: RUN_KEYS.length,
    lua: `${NAMES}
      local life = redis.call('PTTL', input)
      if redis.call('HDEL', input, ARGV[1]) == 0 then return 0 end
      redis.call('HDEL', starts, ARGV[1])
      redis.call('HDEL', part, ARGV[1])
      redis.call('HSET', out, ARGV[1], ARGV[2])
      if life > 0 then redis.call('PEXPIRE', out, life) end
      redis.call('PUBLISH', ARGV[3], ARGV[1])
      return 1`,
  },
};
