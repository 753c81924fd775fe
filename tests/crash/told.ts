import { createHash } from 'node:crypto';

export type What =
  | 'place'
  | 'confirm'
  | 'fulfil'
  | 'deliver'
  | 'cancel'
  | 'cancel items'
  | 'return'
  | 'refund'
  | 'supply'
  | 'travel';

export interface Wish {
  what: What;
  key: string;
  method: string;
  /** The replicas, or the address, to send it to. */
  at: readonly string[];
  path: string;
  body: unknown;
  headers?: Record<string, string>;
}

export interface Heard {
  status: number;
  body: string;
  replayed: boolean;
}

/** One request with its key, with all its tries and answers. */
export interface Story {
  wish: Wish;
  sent: number;
  /** How many tries got no answer. Their results are unknown. */
  unknown: number;
  /** Distinct answers that are final for the key, 5xx and "still running" left out. */
  answers: Heard[];
  replays: number;
  unavailable: string[];
}

/** A status that a customer saw, between these two moments. */
export interface Sight {
  status: string;
  version: number;
  from: number;
  to: number;
}

/** The answers that clients got. The checks compare the records with them. */
export class Told {
  readonly stories = new Map<string, Story>();
  readonly sights = new Map<string, Sight[]>();
  /** When somebody was told of a version of an order by the answer to a write. */
  readonly versions = new Map<string, { version: number; at: number }[]>();
  /** Answers that must never happen: 500, or a conflict of idempotency keys. */
  readonly outrages: { key: string; detail: string }[] = [];

  begin(wish: Wish): Story {
    const known = this.stories.get(wish.key);
    if (known) return known;
    const story: Story = { wish, sent: 0, unknown: 0, answers: [], replays: 0, unavailable: [] };
    this.stories.set(wish.key, story);
    return story;
  }

  /** Returns whether this answer is final for the request. */
  hear(story: Story, { status, body, replayed }: Heard): boolean {
    const code = status < 400 ? '' : codeOf(body);
    if (status === 503) {
      story.unavailable.push(body);
      return false;
    }
    if (code === 'REQUEST_IN_PROGRESS') return false;
    if (status >= 500 || code === 'IDEMPOTENCY_KEY_REUSED') {
      this.outrages.push({ key: story.wish.key, detail: `${status} ${body}` });
      return false;
    }
    if (replayed) story.replays++;
    if (status < 300) this.#note(JSON.parse(body));
    if (!story.answers.some((known) => known.status === status && known.body === body)) {
      story.answers.push({ status, body, replayed });
    }
    return true;
  }

  see(orderId: string, sight: Sight): void {
    this.sights.set(orderId, [...(this.sights.get(orderId) ?? []), sight]);
  }

  #note({ id, version }: { id?: string; version?: number }): void {
    if (id === undefined || version === undefined) return;
    this.versions.set(id, [...(this.versions.get(id) ?? []), { version, at: performance.now() }]);
  }

  get unknowns(): number {
    return [...this.stories.values()].reduce((sum, { unknown }) => sum + unknown, 0);
  }
}

function codeOf(body: string): string {
  try {
    return String((JSON.parse(body) as { code?: unknown }).code ?? '');
  } catch {
    return `unreadable ${createHash('sha1').update(body).digest('hex')}`;
  }
}
