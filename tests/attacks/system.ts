import { randomUUID } from 'node:crypto';
import { type Person, signedIn } from '../e2e/signed-in.ts';
import { type Name, type System, startSystem } from '../e2e/system.ts';

/** The token between the services; no attacker has it. */
export const INTERNAL_TOKEN = 'what-the-services-show-each-other';
const SECRET = 'what-the-tokens-of-the-attack-suite-are-signed-with';
const ALL: Name[] = ['inventory', 'payment', 'shipping', 'product', 'order', 'notification', 'gateway'];

export interface Attacked extends System {
  /** Two customers, each with a token, and an operator. */
  ada: Person;
  bob: Person;
  operator: Person;
}

/** The whole system as in production: on PostgreSQL, and closed without a token. */
export async function startAttacked(env: Record<string, string> = {}): Promise<Attacked> {
  const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/attack_${randomUUID().slice(0, 8)}`;
  const guarded = { AUTH_MODE: 'jwt', AUTH_TOKENS: 'true', JWT_SECRET: SECRET, INTERNAL_TOKEN, DATABASE_URL };
  const system = await startSystem({ ...guarded, ...env }, ALL);
  const [ada, bob, operator] = await Promise.all([
    signedIn(system, 'ada', 'customer', 'ada@shop.example'),
    signedIn(system, 'bob', 'customer', 'bob@shop.example'),
    signedIn(system, 'eve', 'admin'),
  ]);
  return { ...system, ada, bob, operator };
}
