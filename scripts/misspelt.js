import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.js';

/** Shorter names are like too many others: HOST, HOME, POST. */
const SHORTEST = 7;
const LETTERS_A_SLIP = 6;
const MOST_SLIPS = 2;

/** A line for each variable that is almost one of ours, and so is overlooked. */
export function misspelt(env) {
  const example = join(ROOT, '.env.example');
  const known = existsSync(example)
    ? [...readFileSync(example, 'utf8').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name)
    : [];
  return Object.keys(env)
    .filter((name) => /^[A-Za-z_]+$/.test(name) && !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((one) => isAlmost(name, one));
      return meant ? [`${name} is set, and nobody reads it. Is ${meant} meant?`] : [];
    });
}

function isAlmost(name, known) {
  if (known.length < SHORTEST) return false;
  if (name !== name.toUpperCase()) return name.toUpperCase() === known;
  return slips(name, known) <= Math.min(MOST_SLIPS, Math.floor(known.length / LETTERS_A_SLIP));
}

/** How many letters are one too many, missing, other ones, or have changed places with the next. */
function slips(a, b) {
  let [beforeLast, last] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + other);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}
