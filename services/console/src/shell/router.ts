import { signal } from '@preact/signals';

/** Where the page is. It stands behind the #, so that no path of the API is taken. */
export interface Route {
  view: string;
  id: string | undefined;
  query: URLSearchParams;
}

export const route = signal<Route>(parse(''));

export function startRouting(): void {
  const follow = () => {
    route.value = parse(location.hash);
  };
  addEventListener('hashchange', follow);
  follow();
}

/** Changes what stands behind the ?, without a step in the history. */
export function replaceQuery(query: URLSearchParams): void {
  const { view, id } = route.value;
  const text = query.toString();
  history.replaceState(null, '', `#/${view}${id === undefined ? '' : `/${id}`}${text ? `?${text}` : ''}`);
  route.value = { view, id, query };
}

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', id] = path.split('/');
  return { view: view || 'live', id: id ? decodeURIComponent(id) : undefined, query: new URLSearchParams(query) };
}
