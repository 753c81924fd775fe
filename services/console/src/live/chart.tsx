import type { LivePast } from '@oms/shared/contracts/gateway';
import { barsOf, ceiling, OUTCOMES, totalsOf } from '../data/outcomes.ts';

const BARS = 60;
const BAR_MS = 5_000;
const WIDTH = 600;
const HEIGHT = 150;
const STEP = WIDTH / BARS;

/** The outcomes of orders in the last five minutes. */
export function Chart({ past, now }: { past: LivePast; now: number }) {
  const bars = barsOf(past, now, BAR_MS, BARS);
  const totals = totalsOf(bars);
  const top = ceiling(Math.max(...bars.map(({ counts }) => OUTCOMES.reduce((sum, [one]) => sum + counts[one], 0))));
  const spoken = OUTCOMES.map(([one, , text]) => `${totals[one]} ${text}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        <ul class="legend">
          {OUTCOMES.map(([outcome, tone, text]) => (
            <li key={outcome}>
              <span class={`swatch ${tone}`} aria-hidden="true" />
              {text} <strong>{totals[outcome]}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="plot">
        <span class="scale-top">{top}</span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Orders in the last five minutes: ${spoken}`}
        >
          <line x1="0" x2={WIDTH} y1="0.5" y2="0.5" />
          <line x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
          <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
          {bars.map((bar, i) => {
            let y = HEIGHT;
            return OUTCOMES.map(([outcome, tone]) => {
              const height = (bar.counts[outcome] / top) * HEIGHT;
              y -= height;
              if (height === 0) return null;
              return (
                <rect key={outcome + bar.from} class={tone} x={i * STEP + 1} y={y} width={STEP - 2} height={height} />
              );
            });
          })}
        </svg>
      </div>
      <p class="scale-x muted" aria-hidden="true">
        <span>5 min ago</span>
        <span>{`per ${BAR_MS / 1000} s`}</span>
        <span>now</span>
      </p>
    </figure>
  );
}
