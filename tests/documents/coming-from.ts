import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

/** What docs/coming-from.md says of one document. */
export interface ComingFrom {
  /** The file that walks it. */
  file: string;
  /** How many of its sentences that file tries, according to the text. */
  tried: number;
  /** Its words, ours, and the reason. */
  otherwise: [theirs: string, ours: string, why: string][];
  /** Which service it has at which port. */
  services: Record<number, string>;
  /** The ports that it names, and those that the command below its table starts services at. */
  ports: Record<string, number>;
  started: Record<string, number>;
}

/** Our ports. */
export const USUAL = {
  order: 3000,
  inventory: 3001,
  payment: 3002,
  shipping: 3003,
  product: 3004,
  notification: 3005,
  gateway: 8080,
};

export const DOCUMENTS: ComingFrom[] = readFileSync(join(PROJECT, 'docs/coming-from.md'), 'utf8')
  .split(/^## (?=\d\. )/m)
  .slice(1)
  .map(parsed);

/** By its number. */
export const comingFrom = (number: number): ComingFrom => DOCUMENTS[number - 1] as ComingFrom;

function parsed(section: string): ComingFrom {
  const [, tried, file] = /^(\d+) sentences .*?`(tests\/documents\/.+?)`/m.exec(section) ?? [];
  if (!file) throw new Error(`says not how many sentences are tried, and where: ${section.split('\n')[0]}`);
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  const otherwise = rows.map((row) => row.split(/ *(?<!\\)\| */).slice(1, -1) as [string, string, string]);
  const ports = otherwise.flatMap(([words]) => portsIn(words, /(\w+) `:(\d+)`/g));
  const started = portsIn(section, /(\w+)_SERVICE_URL=http:\/\/localhost:(\d+)/g);
  const services = [...Object.entries(USUAL), ...ports].map(([service, port]) => [port, service]);
  return {
    ...{ file, tried: Number(tried), otherwise, services: Object.fromEntries(services) },
    ...{ ports: Object.fromEntries(ports), started: Object.fromEntries(started) },
  };
}

function portsIn(words: string, pattern: RegExp): [service: string, port: number][] {
  return [...words.matchAll(pattern)].map(([, service = '', port]) => [service.toLowerCase(), Number(port)]);
}
