import { signal } from '@preact/signals';
import type { Tone } from '../words/status.ts';

interface Toast {
  id: number;
  tone: Tone;
  text: string;
  href?: string | undefined;
}

const SHOWN_MS = 7_000;
const MOST = 4;

const toasts = signal<Toast[]>([]);
let count = 0;

/** Shows a short message for some seconds. Screen readers read it, too. */
export function say(tone: Toast['tone'], text: string, href?: string): void {
  const toast = { id: ++count, tone, text, href };
  toasts.value = [...toasts.value, toast].slice(-MOST);
  setTimeout(() => dismiss(toast.id), SHOWN_MS);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, tone, text, href }) => (
        <p key={id} class={`toast ${tone}`}>
          <span>{text}</span>
          {href && <a href={href}>Look at it</a>}
          <button type="button" class="quiet" onClick={() => dismiss(id)} aria-label="Dismiss">
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
