import { spread } from '../rig/statistics.js';

const WIDTH = 760;
const LEFT = 220;
const RIGHT = 110;
const ROW = 26;

/** Bars for how many orders a second each contender placed, a group for each comparison. */
export function chart(groups) {
  let y = 12;
  const parts = groups.flatMap(({ title, results, clients }) => {
    const bars = Object.entries(results).map(([name, rounds]) => ({
      name,
      ...spread(rounds.map((round) => round[clients].perSecond)),
    }));
    const most = Math.max(...bars.map(({ max }) => max));
    const x = (value) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT);
    y += 20;
    const heading = `<text x="12" y="${y}" class="title">${title}</text>`;
    y += 12;
    const drawn = bars.map(({ name, median, min, max }) => {
      const at = y;
      y += ROW;
      const middle = at + ROW / 2;
      return [
        `<text x="${LEFT - 10}" y="${middle + 4}" text-anchor="end">${name}</text>`,
        `<rect x="${LEFT}" y="${at + 4}" width="${(x(median) - LEFT).toFixed(1)}" height="${ROW - 8}" class="${/^(order service|four services)/.test(name) ? 'ours' : 'other'}"/>`,
        `<line x1="${x(min).toFixed(1)}" x2="${x(max).toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
        `<text x="${(x(max) + 8).toFixed(1)}" y="${middle + 4}">${Math.round(median)}/s</text>`,
      ].join('');
    });
    y += 10;
    return [heading, ...drawn];
  });
  const style =
    'text{font:13px sans-serif;fill:#24292f}.title{font-weight:600}.ours{fill:#2f6f4f}.other{fill:#9aa5b1}line{stroke:#24292f;stroke-width:1.5}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="Orders per second"><style>${style}</style><rect width="100%" height="100%" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`;
}
