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
}

const text = readFileSync(join(PROJECT, 'docs/coming-from.md'), 'utf8');
const USUAL = { order: 3000, inventory: 3001, payment: 3002, shipping: 3003, product: 3004, gateway: 8080 };

export const DOCUMENTS: ComingFrom[] = text
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
  const ports = otherwise.flatMap(([theirs]) => [...theirs.matchAll(/(\w+) `:(\d+)`/g)]);
  const theirs = ports.map(([, service, port]) => [Number(port), service as string]);
  const usual = Object.entries(USUAL).map(([service, port]) => [port, service]);
  return { file, tried: Number(tried), otherwise, services: Object.fromEntries([...usual, ...theirs]) };
}
