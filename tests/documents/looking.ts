import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../e2e/http.ts';
import { PROJECT } from '../support/project.ts';

/** A file of the project. */
export const source = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');

/** The files of a folder of the project. */
export const filesOf = (folder: string): string[] => readdirSync(join(PROJECT, folder));

/** The sum of the lines of a metric that begin so; undefined: there are none. */
export async function metricOf(service: Api, beginning: string): Promise<number | undefined> {
  const { text } = await service.get('/metrics');
  const lines = text.split('\n').filter((line) => line.startsWith(beginning));
  return lines.length === 0 ? undefined : lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
