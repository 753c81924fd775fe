import { effect, signal } from '@preact/signals';
import { Icon } from '../ui/icon.tsx';

type Theme = 'light' | 'dark' | 'system';
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

const theme = signal<Theme>((localStorage.getItem('theme') as Theme | null) ?? 'system');

effect(() => {
  localStorage.setItem('theme', theme.value);
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

export function ThemeToggle() {
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => (theme.value = NEXT[theme.value])}
      title={`Colours: ${theme.value}`}
    >
      <Icon name={theme.value} />
      <span class="sr-only">Colours: {theme.value}. Change</span>
    </button>
  );
}
