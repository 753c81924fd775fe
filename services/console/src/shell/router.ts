import { signal } from '@preact/signals';

/** The view and what it shows. It stands after the #, so it cannot collide with a path of the API. */
export interface Route {
  view: string;
  id: string | undefined;
  query: URLSearchParams;
}

export const route = signal<Route>(parse(''));

export function startRouting(): void {
  const update = () => {
    route.value = parse(location.hash);
  };
  addEventListener('hashchange', update);
  update();
}

/** Changes the query without a new entry in the browser's history. */
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
