import { script } from '@oms/shared/redis';

/**
 * What Redis holds of an order is a version, and behind it the copy; or no copy: then it is a fence, which lets no older copy
 * in. All times are those of Redis, so that no clock of a replica matters.
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

const VERSION_OF = `
local function version_of(key)
  local kept = redis.pcall('GET', key)
  return type(kept) == 'string' and tonumber(string.match(kept, '^%d+')) or 0
end`;

/** Answers the copy; or the time, if there is none or it is not wanted. */
export const LOOK = script(`
local kept = ARGV[1] == 'copy' and redis.pcall('GET', KEYS[1])
if type(kept) == 'string' and string.find(kept, '{', 1, true) then return kept end
${NOW}
return now`);

/** Keeps a copy for a while, unless it was read too long ago, or a newer version is known. */
export const KEEP = script(`
local version, copy, asked, most, kept = unpack(ARGV)
${NOW}
if now - asked > tonumber(most) then return 0 end
${VERSION_OF}
if version_of(KEYS[1]) > tonumber(version) then return 0 end
redis.call('SET', KEYS[1], copy, 'PX', kept)
return 1`);

/** Drops older copies, and lets none in for a while. What is dropped makes room in a Redis that is full. */
export const FENCE = script(`
${VERSION_OF}
for i, key in ipairs(KEYS) do
  if version_of(key) < tonumber(ARGV[i + 1]) then
    redis.call('DEL', key)
    redis.call('SET', key, ARGV[i + 1], 'PX', ARGV[1])
  end
end`);
