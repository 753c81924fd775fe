import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { PROJECT } from '../support/project.ts';

/** Our own images are built here. */
const OWN = /^oms\/|^service$/;

export const isPinned = (image: string): boolean => /^[a-z0-9./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image);
/** With the version in a comment, for people and for Dependabot. */
export const isPinnedAction = (line: string): boolean =>
  /^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line);

/** The base images of a Dockerfile that are no stages of it. */
export function basesOf(dockerfile: string): string[] {
  const stages = new Set([...dockerfile.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, name]) => name));
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm), ...dockerfile.matchAll(/^COPY --from=(\S+)/gm)];
  return bases.map(([, image]) => image as string).filter((image) => !stages.has(image));
}

/** Every `image` in a YAML file, however deep. */
export function imagesIn(yaml: string): string[] {
  return parseAllDocuments(yaml, { merge: true }).flatMap((document) => found(document.toJS()));
}

function found(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) =>
    key === 'image' && typeof inside === 'string' ? (OWN.test(inside) ? [] : [inside]) : found(inside),
  );
}

/** All third-party images that the project uses. */
export function foreignImages(): string[] {
  const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
  const files = ['docker-compose.yml', 'docker-compose.full.yml', ...filesIn('k8s', /\.ya?ml$/)];
  return [...basesOf(textOf('Dockerfile')), ...files.flatMap((file) => imagesIn(textOf(file)))];
}

/** The actions of a workflow, with the comments behind them. */
export const actionsIn = (workflow: string): string[] =>
  [...workflow.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, line]) => line as string);

export function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => `${folder}/${file}`);
}

interface Job {
  'timeout-minutes'?: number;
  permissions?: Record<string, string>;
  steps: { uses?: string; with?: Record<string, unknown> }[];
}
export interface Workflow {
  permissions?: Record<string, string>;
  concurrency?: { group: string };
  jobs: Record<string, Job>;
}
export const workflowIn = (text: string): Workflow => parse(text) as Workflow;
