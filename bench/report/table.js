import { ratios, spread } from '../rig/statistics.js';

/** A Markdown table. */
export function table(columns, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const digits = (value) => (value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
export const number = (value) => value.toFixed(digits(value));

/** The median over the rounds, with the smallest and the largest. */
export const shown = ({ median, min, max }) => `${number(median)} (${number(min)}–${number(max)})`;

/** Each contender with what its rounds have shown at that number of connections. */
export const spreadRows = (results, count, figures) =>
  Object.entries(results).map(([name, rounds]) => {
    const cell = (figure) => {
      const values = rounds.map((round) => round[count][figure]);
      return values[0] === undefined ? '' : shown(spread(values));
    };
    return [name, count, ...figures.map(cell)];
  });

/** How contenders compare with the first of them, at each number of connections. */
export function comparison(results) {
  const names = Object.keys(results);
  const [base] = names;
  const counts = Object.keys(results[base][0]);
  const isDurable = results[base][0][counts[0]].commits !== undefined;
  const columns = [
    'at 127.0.0.1',
    'clients',
    'CPU ms/order',
    '× floor',
    'orders/s',
    '× floor',
    'p50 ms',
    'p99 ms',
    'p99 ÷ p50',
  ];
  if (isDurable) columns.push('commits/order', 'fsyncs/order', 'database CPU ms/order');
  const rows = counts.flatMap((count) =>
    names.flatMap((name) => {
      if (!results[name][0][count]) return [];
      const of = (what, whose = name) => results[whose].map((round) => round[count][what]);
      const cell = (what) => shown(spread(of(what)));
      const tail = ratios(of('p99'), of('p50'));
      const cells = [name, count, cell('cpu'), shown(ratios(of('cpu'), of('cpu', base)))];
      cells.push(
        cell('perSecond'),
        shown(ratios(of('perSecond'), of('perSecond', base))),
        cell('p50'),
        cell('p99'),
        shown(tail),
      );
      if (isDurable)
        cells.push(
          ...['commits', 'fsyncs', 'databaseCpu'].map((what) => (of(what)[0] === undefined ? '' : cell(what))),
        );
      return [cells];
    }),
  );
  return table(columns, rows);
}
