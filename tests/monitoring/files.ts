import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

export const PROMETHEUS = join(PROJECT, 'ops/prometheus');
export const ALERTMANAGER = join(PROJECT, 'ops/alertmanager/alertmanager.yml');
const DASHBOARDS = join(PROJECT, 'ops/grafana/dashboards');

export interface Alert {
  name: string;
  /** The text of the file without the name. */
  text: string;
}

const readAll = (folder: string) =>
  readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

export const rules = (): string =>
  readAll(join(PROMETHEUS, 'rules'))
    .map(({ text }) => text)
    .join('\n');

export function alerts(): Alert[] {
  const parts = rules().split(/^ +- (?=alert:|record:)/m);
  return parts.flatMap((text) => {
    const name = /^alert: (\w+)$/m.exec(text)?.[1];
    return name ? [{ name, text }] : [];
  });
}

/** The tests for promtool, one text for each evaluation of an alert. */
export const trials = (): string[] =>
  readAll(join(PROMETHEUS, 'tests')).flatMap(({ text }) => text.split(/(?=eval_time:)/).slice(1));

/** The sections of the runbooks, by their headings. */
export function runbooks(): Map<string, string> {
  const [, ...sections] = readFileSync(join(PROJECT, 'docs/runbooks.md'), 'utf8').split(/^## /m);
  return new Map(sections.map((text) => [text.split('\n')[0] as string, text]));
}

interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}
export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: Place;
  datasource?: { uid: string };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { refId: string; expr: string }[];
}
export interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
}
export const dashboards = (): Dashboard[] => readAll(DASHBOARDS).map(({ text }) => JSON.parse(text));

export const datasource = (): string =>
  readFileSync(join(PROJECT, 'ops/grafana/provisioning/datasources/prometheus.yml'), 'utf8');
