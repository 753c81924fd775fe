import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.js';

/** What docker-compose reads beside its files: Prometheus and Alertmanager as they are in ops, but in a hurry. */
export const HURRIED = '.data/hurried/docker-compose.yml';

/** Where alerts of each severity are delivered. */
export const RECEIVER = 'alerts';
export const RECEIVER_PORT = 8000;

/** Minutes become seconds; what is looked at, and who is told, stays as it is. */
export function writeHurried() {
  const prometheus = copied('prometheus', 'prometheus.yml', (text) =>
    exchanged(text, /^( +scrape_interval| +evaluation_interval| +scrape_timeout): \d+s$/gm, '$1: 2s', 3),
  );
  const rules = readdirSync(join(ROOT, 'ops/prometheus/rules'));
  for (const file of rules) {
    copied('prometheus', `rules/${file}`, (text) => text.replaceAll(/^( +for:) \d+[smh]$/gm, '$1 4s'));
  }
  const alertmanager = copied('alertmanager', 'alertmanager.yml', (text) =>
    exchanged(text, /^( +group_(?:wait|interval)): \d+[sm]$/gm, '$1: 1s', 4),
  );
  for (const severity of ['critical', 'warning']) {
    write(`alertmanager/urls/${severity}`, `http://${RECEIVER}:${RECEIVER_PORT}/${severity}\n`);
  }
  const service = (name, folder) => `  ${name}: {volumes: ["${folder}:/etc/${name}:ro"]}`;
  const services = [service('prometheus', prometheus), service('alertmanager', alertmanager)];
  write('docker-compose.yml', `services:\n${services.join('\n')}\n`);
}

function copied(folder, file, change) {
  write(`${folder}/${file}`, change(readFileSync(join(ROOT, 'ops', folder, file), 'utf8')));
  return `./.data/hurried/${folder}`;
}

/** A file in which there is nothing to exchange any more would make all wait for minutes. */
function exchanged(text, pattern, by, times) {
  const found = text.match(pattern)?.length;
  if (found !== times) throw new Error(`${pattern} is there ${found} times, not ${times}`);
  return text.replaceAll(pattern, by);
}

function write(file, text) {
  const path = join(ROOT, '.data/hurried', file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}
