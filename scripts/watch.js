import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { build } from './ensure-built.js';
import { ROOT } from './root.js';

/** One save is several events, and an editor saves several files at once. */
const QUIET_MS = 200;

/** Compiles after every change of a source, and restarts the services whose compiled code is another one then. */
export function restartOnChange(supervisor) {
  const { services } = supervisor;
  const outputs = () => new Map(['shared', ...services.map(placeOf)].map((place) => [place, newestOutput(place)]));
  let before = outputs();
  let work = Promise.resolve();

  const rebuild = async () => {
    await build();
    const after = outputs();
    const changed = (place) => before.get(place) !== after.get(place);
    const affected = changed('shared') ? services : services.filter((service) => changed(placeOf(service)));
    before = after;
    if (affected.length === 0) return;
    await supervisor.restart(affected);
    supervisor.say(`restarted: ${affected.map(({ name }) => name).join(', ')}`);
  };
  const places = ['shared', ...services.map(placeOf)];
  // The gateway serves what the console is built to, with the client in it.
  onSourceChange(
    [...places, 'services/console', 'clients/typescript'],
    () => (work = work.then(rebuild).catch(({ message }) => supervisor.say(message))),
  );
}

const placeOf = ({ name }) => join('services', name);

function newestOutput(place) {
  const dist = join(ROOT, place, 'dist');
  const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith('.js'));
  return Math.max(...files.map((file) => statSync(join(dist, file)).mtimeMs));
}

/** Watches directories, not files or whole trees: an editor replaces files, and not every system follows that. */
function onSourceChange(places, changed) {
  let watchers = [];
  let timer;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const watcher of watchers) watcher.close();
      watchAll();
      changed();
    }, QUIET_MS);
  };
  const watchAll = () => {
    watchers = places.flatMap(directoriesOf).map((directory) => watch(directory, settle).on('error', settle));
  };
  watchAll();
}

function directoriesOf(place) {
  const source = join(ROOT, place, 'src');
  const inside = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [source, ...inside.map((entry) => join(entry.parentPath, entry.name))];
}
