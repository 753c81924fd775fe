import { number } from '../ui/format.ts';
import { statusText } from '../ui/status.tsx';
import type { Progress } from './burst.ts';

/** How far a burst of orders has come, and what became of them. */
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
          <li key={outcome} class={toneOf(outcome)}>
            <strong>{count}</strong> {statusText(outcome).toLowerCase()}
          </li>
        ))}
      </ul>
    </div>
  );
}

function toneOf(outcome: string): string {
  if (outcome === 'CONFIRMED' || outcome === 'AWAITING_CONFIRMATION') return 'ok';
  return outcome === 'PENDING' ? 'busy' : 'bad';
}
