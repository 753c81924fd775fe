import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export interface ComposeService {
  image: string;
  build?: { args: Record<string, string> };
  environment: Record<string, string | null>;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  restart: string;
  mem_limit: string;
}

export const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

export const servicesOf = (file: string) =>
  (parse(textOf(file), { merge: true }) as { services: Record<string, ComposeService> }).services;
