import { parseArgs } from 'node:util';
import { CustomerId } from '@oms/shared/contracts/common';
import { ROLES } from '@oms/shared/contracts/gateway';
import { runCommand } from '@oms/shared/service/command';
import { ConfigError } from '@oms/shared/service/config';
import { createLogger } from '@oms/shared/telemetry/logger';
import { realWorld } from '@oms/shared/world';
import { z } from 'zod';
import { readConfig } from '../config.ts';
import { Tokens } from '../guard/tokens.ts';

const Asked = z.object({ userId: CustomerId, roles: z.array(z.enum(ROLES)).min(1) });

/** Prints a token that is valid for an hour at this gateway. Whoever may run it could read the secret that signs it. */
await runCommand(async (print) => {
  const config = readConfig(process.env);
  if (!config.JWT_SECRET) throw new ConfigError('JWT_SECRET is not set: tokens for this gateway come from elsewhere.');
  const [userId, ...roles] = parseArgs({ allowPositionals: true }).positionals;
  const asked = Asked.safeParse({ userId, roles });
  if (!asked.success)
    throw new ConfigError(`Say for whom, and in which roles (${ROLES.join(', ')}): token.js ada admin`);
  print((await new Tokens(config, realWorld, createLogger('gateway', 'silent')).issue(asked.data)).token);
  return true;
});
