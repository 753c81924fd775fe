import { readFileSync } from 'node:fs';
import { PROJECT, SERVICES } from '../support/project.ts';

export interface Picture {
  /** `order → payment`: drawn as a line, and always there. */
  calls: string[];
  /** Dotted: only where there is no Kafka. */
  feeds: string[];
  /** The services with a store, and with Redis. */
  stores: string[];
  redis: string[];
}

/** The first diagram of docs/architecture.md, in which the nodes of services have their names. */
export const pictureOfTheArchitecture = (): Picture =>
  parsePicture(readFileSync(`${PROJECT}/docs/architecture.md`, 'utf8'));

const LINK = /\s(<?-->|<?-\.->|---)(?:\|[^|]*\|)?\s/;

export function parsePicture(markdown: string): Picture {
  const [, source = ''] = /```mermaid\s+flowchart \w+\n(.*?)```/s.exec(markdown) ?? [];
  const picture: Picture = { calls: [], feeds: [], stores: [], redis: [] };
  for (const line of source.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [left, link, right, ...more] = line.split(LINK);
    const [from, to] = [left, right].map((node) => /^\w+/.exec(node ?? '')?.[0]);
    if (!from || !to || !link || more.length > 0 || link.startsWith('<') || /&|==|--[xo]/.test(line)) {
      throw new Error(`this line of the picture is not understood: ${line}`);
    }
    if (!SERVICES.includes(from)) continue;
    if (link === '---' && /\[\(Redis/.test(right as string)) picture.redis.push(from);
    else if (link === '---' && /\[\(/.test(right as string)) picture.stores.push(from);
    else if (link === '-->' && SERVICES.includes(to)) picture.calls.push(`${from} → ${to}`);
    else if (link === '-.->' && SERVICES.includes(to)) picture.feeds.push(`${from} → ${to}`);
  }
  return picture;
}
