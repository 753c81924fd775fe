import { Badge } from '../ui/badge.tsx';
import { BurstProgress } from '../ui/burst-progress.tsx';
import { Icon } from '../ui/icon.tsx';
import { play, type Scenario, type Stage, stage } from './stage.ts';

export function ScenarioCard({ scenario }: { scenario: Scenario }) {
  const { name, title, story, expect, watch } = scenario;
  const own = stage.value?.scenario === scenario ? stage.value : undefined;
  const isPlaying = own !== undefined && !own.isOver.value;
  const isOtherPlaying = stage.value !== undefined && !own && !stage.value.isOver.value;
  return (
    <li class={`card scenario ${isPlaying ? 'playing' : ''}`}>
      <h3 id={name}>{title}</h3>
      <p>{story}</p>
      <ul class="rules">
        {expect.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p class="muted">
        Watch{' '}
        {watch.map(([href, text], i) => (
          <>
            {i > 0 && ', '}
            <a href={href}>{text}</a>
          </>
        ))}
        .
      </p>
      <div class="button-row">
        {isPlaying ? (
          <button type="button" onClick={() => own.stop()} aria-describedby={name}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            disabled={isOtherPlaying}
            onClick={() => play(scenario)}
            aria-describedby={name}
          >
            Run
          </button>
        )}
      </div>
      {own && <Story stage={own} />}
    </li>
  );
}

function Story({ stage: { lines, burst, isOver, isAsPromised } }: { stage: Stage }) {
  return (
    <div class="story">
      <BurstProgress progress={burst.progress.value} />
      <ol aria-live="polite">
        {lines.value.map(({ mark, text }, i) => (
          <li key={i} class={mark}>
            <Icon name={mark} />
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {isOver.value && (
        <p>
          <Badge tone={isAsPromised ? 'ok' : 'bad'}>{isAsPromised ? 'As promised' : 'Not as promised'}</Badge>
        </p>
      )}
    </div>
  );
}
