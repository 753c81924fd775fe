import type { Got, Sent } from './http.ts';
import type { System } from './system.ts';

/** A user with a token, at the gateway. */
export async function signedIn(
  { gateway }: Pick<System, 'gateway'>,
  userId: string,
  role = 'customer',
  email?: string,
) {
  const { body } = await gateway.post('/auth/token', { userId, roles: [role], email });
  const headers: Record<string, string> = { Authorization: `Bearer ${body.token}` };
  const mine = (sent: Sent): Sent => ({ ...sent, headers: { ...sent.headers, ...headers } });
  return {
    userId,
    headers,
    get: (path: string, sent: Sent = {}): Promise<Got> => gateway.get(path, mine(sent)),
    post: (path: string, body?: unknown, sent: Sent = {}): Promise<Got> => gateway.post(path, body, mine(sent)),
    put: (path: string, body?: unknown, sent: Sent = {}): Promise<Got> => gateway.put(path, body, mine(sent)),
    delete: (path: string, sent: Sent = {}): Promise<Got> => gateway.delete(path, mine(sent)),
  };
}
export type Person = Awaited<ReturnType<typeof signedIn>>;
