import { describe } from '@jest/globals';
import { hasRedis } from '../servers/redis.ts';

type Describe = typeof describe | typeof describe.skip;

/** Suites that need a Redis. In CI they run even without one, and fail. */
export const describeRedis: Describe = hasRedis || process.env.CI ? describe : describe.skip;

/** Suites that need PostgreSQL, too. */
export const describeCopies: Describe = process.env.DATABASE_URL_TEST ? describeRedis : describe.skip;
