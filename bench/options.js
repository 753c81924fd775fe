import { parseArgs } from 'node:util';

const PARTS = [
  'memory',
  'durable',
  'system',
  'flashSale',
  'reading',
  'compression',
  'recovery',
  'footprint',
  'growth',
  'streams',
  'webhooks',
];

export const USAGE = `usage: npm run bench -- [--only ${PARTS.slice(0, 3).join(',')},…] [--rounds N] [--seconds N] [--stored N] [--profile order] [--save]
  --only     some of: ${PARTS.join(', ')}
  --rounds   how often everything is measured, in turn (5)
  --seconds  how long each measurement takes (3)
  --stored   up to how many stored orders the growth is looked at (1000000)
  --profile  a service whose processor time is to be explained; the numbers are not comparable then
  --save     writes the tables and the chart to docs/performance/`;

export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      stored: { type: 'string', default: '1000000' },
      profile: { type: 'string' },
      save: { type: 'boolean', default: false },
    },
  });
  const parts = values.only.split(',');
  const stray = parts.find((part) => !PARTS.includes(part));
  if (stray) throw new Error(`there is no part ${stray}`);
  return {
    parts,
    rounds: positive(values.rounds),
    ms: positive(values.seconds) * 1000,
    stored: positive(values.stored),
    profiled: values.profile,
    save: values.save,
  };
}

function positive(text) {
  const number = Number(text);
  if (number > 0) return number;
  throw new Error(`${text} is no positive number`);
}
