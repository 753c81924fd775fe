import { useSignal } from '@preact/signals';

const SHOWN_MS = 1_500;

export function Copy({ text, label }: { text: string; label: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await toClipboard(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), SHOWN_MS);
  };
  return (
    <button type="button" class="small" onClick={copy}>
      {copied.value ? 'Copied' : label}
    </button>
  );
}

/** Browsers give the clipboard only to pages that came over HTTPS or from localhost. */
async function toClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
