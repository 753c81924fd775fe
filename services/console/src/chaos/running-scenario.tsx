import { route } from '../shell/router.ts';
import { Icon } from '../ui/icon.tsx';
import { stage } from './stage.ts';

/** Says on every other view what the running scenario does. */
export function RunningScenario() {
  const playing = stage.value;
  if (!playing || playing.isOver.value || route.value.view === 'chaos') return null;
  const last = playing.lines.value.at(-1);
  return (
    <div class="running" role="status">
      <Icon name="chaos" />
      <p>
        <strong>{playing.scenario.title}</strong> <span>{last?.text}</span>
      </p>
      <a href="#/chaos">See it</a>
      <button type="button" class="small" onClick={() => playing.stop()}>
        Stop
      </button>
    </div>
  );
}
