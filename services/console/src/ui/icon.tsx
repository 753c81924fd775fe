/** Each icon is a few strokes in the colour of the text. Every tone of a status has one: colour alone says too little. */
const PATHS = {
  live: 'M3 12h4l3-8 4 16 3-8h4',
  orders: 'M5 4h14v16l-3.5-2-3.5 2-3.5-2L5 20zM9 9h6M9 13h6',
  inventory: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  chaos: 'M13 3L5 14h6l-1 7 8-11h-6z',
  audit: 'M12 4v16M6 20h12M5 8h14M5 8l-2.5 6h5zM19 8l-2.5 6h5z',
  notifications: 'M4 6h16v12H4zM4 7l8 6 8-6',
  light:
    'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  dark: 'M20 14.5A8 8 0 119.5 4a6.5 6.5 0 0010.5 10.5z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  ok: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M6 6l12 12M18 6L6 18',
  warn: 'M12 4L2.5 20h19zM12 10v5M12 17.5v.5',
  busy: 'M12 3a9 9 0 109 9M12 7v5l3 2',
  pause: 'M8 5v14M16 5v14',
  parcel: 'M3 7h11v10H3zM14 10h4l3 3v4h-7M7 17a2 2 0 100 4 2 2 0 000-4zM17 17a2 2 0 100 4 2 2 0 000-4z',
  flag: 'M5 21V4h12l-2 4 2 4H5',
  person: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4 21a8 8 0 0116 0',
  plain: 'M12 10a2 2 0 100 4 2 2 0 000-4z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
