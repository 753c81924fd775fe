import type { Chapter, Entry } from '../data/timeline.ts';
import { Badge } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';
import { duration, time } from '../words/format.ts';
import { SAGA } from '../words/status.ts';

/** A narrower bar would be invisible. */
const NARROWEST_PERCENT = 1.5;

export function TimelineView({ chapters }: { chapters: readonly Chapter[] }) {
  return (
    <div class="timeline">
      {chapters.map((chapter) => (
        <ChapterView key={chapter.entries[0]?.id} chapter={chapter} />
      ))}
    </div>
  );
}

function ChapterView({ chapter }: { chapter: Chapter }) {
  const { title, saga, startedAt, endedAt, outcome, entries } = chapter;
  const [tone, text] = SAGA[outcome];
  const last = Math.max(...entries.map(({ to }) => to), startedAt + 1);
  return (
    <section class="chapter">
      <header>
        <h3>{title}</h3>
        {text && <Badge tone={tone}>{text}</Badge>}
        <p class="muted">
          {time(new Date(startedAt).toISOString())}
          {saga && endedAt !== undefined && `, took ${duration(endedAt - startedAt)}`}
        </p>
      </header>
      <ol>
        {entries.map((entry) => (
          <EntryView key={entry.id} entry={entry} from={startedAt} to={last} />
        ))}
      </ol>
    </section>
  );
}

function EntryView({ entry, from, to }: { entry: Entry; from: number; to: number }) {
  const { mark, title, detail, isWait } = entry;
  const ms = entry.to - entry.from;
  return (
    <li class={`entry ${mark}`}>
      <Icon name={mark === 'busy' ? 'pause' : mark} />
      <div class="entry-text">
        <p class="entry-title">{title}</p>
        {detail && <p class="muted">{detail}</p>}
      </div>
      <p class="entry-time figure">
        {ms > 0 ? `${isWait ? 'waits ' : ''}${duration(ms)}` : ''}
        <span class="muted">+{duration(Math.max(0, entry.from - from))}</span>
      </p>
      <div class="entry-bar" aria-hidden="true">
        <span class={isWait ? 'wait' : ''} style={place(entry, from, to)} />
      </div>
    </li>
  );
}

/** The place of an entry's bar in the time of the whole chapter. */
function place(entry: Entry, from: number, to: number): { left: string; width: string } {
  const percent = (ms: number) => (Math.max(0, ms) / (to - from)) * 100;
  const width = Math.min(100, Math.max(NARROWEST_PERCENT, percent(entry.to - entry.from)));
  const left = Math.min(percent(entry.from - from), 100 - width);
  return { left: `${left}%`, width: `${width}%` };
}
