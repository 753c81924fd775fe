import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { orders } from '../../ops/prometheus/fire/faults/orders.ts';
import { placing } from '../../ops/prometheus/fire/faults/placing.ts';
import { processes } from '../../ops/prometheus/fire/faults/processes.ts';
import { shortened } from '../../ops/prometheus/fire/shortened.ts';
import { PROJECT, SERVICES } from '../support/project.ts';
import { ALERTMANAGER, alerts, PROMETHEUS, rules, runbooks, trials } from './files.ts';
import { describeWithPrometheus, promtool } from './promtool.ts';

const names = alerts()
  .map(({ name }) => name)
  .sort();
const url = (name: string) => `docs/runbooks.md#${name.toLowerCase()}`;

describe.each(alerts())('the alert $name', ({ name, text }) => {
  it('has a severity, a summary, a description and a link to its runbook', () => {
    expect(text).toMatch(/labels: \{ severity: (critical|warning) \}/);
    expect(text).toMatch(/summary: "?[A-Z{]/);
    expect(text).toMatch(/description: ".+\."/);
    expect(text).toContain(`runbook_url: ${url(name)}\n`);
  });

  it('has a complete runbook', () => {
    const section = runbooks().get(name) ?? '';
    const parts = ['**Means:**', '**Customers', '**See more:**', '**Do:**', '**Over**'];
    expect(parts.filter((part) => !section.includes(part))).toEqual([]);
  });

  it('is tested firing and not firing', () => {
    const mine = trials().filter((trial) => new RegExp(`alertname: ${name}\\b`).test(trial));
    const firing = mine.filter((trial) => trial.includes('exp_alerts:'));
    expect([firing.length > 0, mine.length > firing.length]).toEqual([true, true]);
    expect(firing.every((trial) => trial.includes(url(name)))).toBe(true);
  });
});

it('every runbook has an alert', () => {
  expect([...runbooks().keys()].sort()).toEqual(names);
});

it('every link in the runbooks leads to a runbook', () => {
  const text = [...runbooks().values()].join('');
  const links = [...text.matchAll(/\]\(#(\w+)\)/g)].map(([, anchor]) => anchor as string);
  const anchors = names.map((name) => name.toLowerCase());
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

it('every alert has a fault that makes it fire', () => {
  expect(Object.keys({ ...placing, ...orders, ...processes }).sort()).toEqual(names);
});

it('the rules of Alertmanager name only alerts that exist', () => {
  const rules = readFileSync(ALERTMANAGER, 'utf8').replaceAll(/^ *#.*$/gm, '');
  const named = rules.match(/\b(?:[A-Z][a-z]+){2,}\b/g) ?? [];
  expect(new Set(named).size).toBeGreaterThan(10);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

it('a drill shortens every window and every "for" to ten seconds at most', () => {
  const durations = (text: string) => [...text.matchAll(/\[(\w+)\]|for: (\w+)$/gm)].map(([, a, b]) => a ?? b);
  expect(durations(rules())).toContain('3d');
  expect(new Set(durations(shortened(rules())))).toEqual(new Set(['10s', '1s']));
  expect(shortened(rules())).not.toMatch(/\* 60/);
});

it('Prometheus scrapes every service at its default port', async () => {
  const config = readFileSync(join(PROMETHEUS, 'prometheus.yml'), 'utf8');
  const targets = [...config.matchAll(/\["(\w+):(\d+)"\], labels: \{ service: (\w+) \}/g)];
  expect(targets.map(([, host]) => host).sort()).toEqual(SERVICES);
  for (const [, host, port, service] of targets) {
    expect(service).toBe(host);
    const { readConfig } = await import(join(PROJECT, 'services', host as string, 'src/config.ts'));
    expect(readConfig({ PRODUCT_SERVICE_URL: 'none' }).PORT).toBe(Number(port));
  }
});

describeWithPrometheus('promtool', () => {
  it('finds no error in the configuration and the rules', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toBe(0);
  });

  it('sees each alert fire exactly when it should', () => {
    const files = readdirSync(join(PROMETHEUS, 'tests')).map((file) => join('tests', file));
    expect(promtool('test', 'rules', ...files)).toBe(0);
  });
});
