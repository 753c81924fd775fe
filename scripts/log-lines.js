const COLOURS = [36, 33, 35, 32, 34, 31, 96];

/** A label in front of each line of one process, of the same width for all of them. */
export function labels(names) {
  const width = Math.max(...names.map((name) => name.length));
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  const paint = (text, i) => (coloured ? `\u001b[${COLOURS[i % COLOURS.length]}m${text}\u001b[0m` : text);
  return new Map(names.map((name, i) => [name, paint(`${name.padEnd(width)} | `, i)]));
}

/** What services log, as a person reads it at a terminal; elsewhere it stays as it is. Needs what is compiled. */
export async function rendering() {
  if (!process.stdout.isTTY) return (text) => text;
  const { readable } = await import('../shared/dist/telemetry/readable.js');
  const render = (line) => {
    try {
      // The label says which service it is.
      const { service, ...said } = JSON.parse(line);
      return service === undefined ? line : readable(said, !process.env.NO_COLOR);
    } catch {
      return line;
    }
  };
  return (text) => text.split('\n').map(render).join('\n');
}

/** Passes whole lines on, each behind the label. */
export function passLines(from, to, label, render) {
  let rest = '';
  from.setEncoding('utf8');
  from.on('data', (text) => {
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      rest += text;
      return;
    }
    to.write(`${label}${render(rest + text.slice(0, end)).replaceAll('\n', `\n${label}`)}\n`);
    rest = text.slice(end + 1);
  });
  from.on('end', () => rest && to.write(`${label}${render(rest)}\n`));
}
