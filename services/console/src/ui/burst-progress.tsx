import type { Progress } from '../data/burst.ts';
import { number } from '../words/format.ts';
import { outcomeTone, statusText } from '../words/status.ts';

/** How many orders of a burst are placed, and their outcomes. */
export function BurstProgress({ progress }: { progress: Progress }) {
  const { total, done, outcomes, isOver, isWaiting, startedAt, endedAt } = progress;
  if (total === 0) return null;
  const perSecond = done / Math.max((endedAt - startedAt) / 1_000, 0.001);
  return (
    <div class="burst">
      <progress value={done} max={total} aria-label="Orders placed" />
      <p>
        <strong>
          {done} of {total}
        </strong>
        {done > 0 && <span class="muted"> at {number(perSecond)} a second</span>}
        {isWaiting && <span class="muted">, waiting because the gateway limits how often one may write</span>}
        {isOver && done < total && <span class="muted">, stopped</span>}
      </p>
      <ul class="outcomes">
        {Object.entries(outcomes).map(([outcome, count]) => (
          <li key={outcome} class={outcomeTone(outcome)}>
            <strong>{count}</strong> {statusText(outcome).toLowerCase()}
          </li>
        ))}
      </ul>
    </div>
  );
}
