import type { Person } from '../e2e/signed-in.ts';

export interface Route {
  /** As in the OpenAPI document, such as `GET /orders/{id}`. */
  key: string;
  method: string;
  path: string;
}

const METHODS = ['get', 'post', 'put', 'delete'];

/** Every route of an OpenAPI document, with values for its parameters. */
export async function routesOf(person: Person, url: string, fill: (path: string) => string): Promise<Route[]> {
  const { paths } = (await person.get(url)).body as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.filter((method) => method in operations).map((method) => ({
      key: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: fill(path),
    })),
  );
}
