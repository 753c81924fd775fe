import { insideHeaders } from '@oms/shared/contracts/caller';
import type { Audit } from '@oms/shared/contracts/operations';
import { Unavailable } from '@oms/shared/errors';
import { runCommand } from '@oms/shared/service/command';
import { parseEnv, processVariables, variable } from '@oms/shared/service/config';

/** The service reads all records of all services meanwhile. */
const PATIENCE_MS = 5 * 60_000;

const shape = {
  INTERNAL_TOKEN: processVariables(0).INTERNAL_TOKEN,
  ORDER_SERVICE_URL: variable.addresses('http://127.0.0.1:3000'),
};

/** Has the running order service compare the books of all services. */
await runCommand(async (print) => {
  const { ORDER_SERVICE_URL, INTERNAL_TOKEN } = parseEnv(shape, process.env);
  const { balanced, checkedOrders, inFlight, discrepancies } = await audit(
    new URL('/audit', ORDER_SERVICE_URL[0]),
    insideHeaders({ kind: 'operator', id: 'audit-command' }, INTERNAL_TOKEN),
  );
  for (const { kind, id, detail } of discrepancies) print(`${kind} ${id}: ${detail}`);
  const verdict = balanced ? 'The books balance:' : `The books do not balance: ${discrepancies.length} found in`;
  print(`${verdict} ${checkedOrders} orders, ${inFlight} of them in flight`);
  return balanced;
});

async function audit(url: URL, headers: Record<string, string>): Promise<Audit> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error: Error) => {
    const { message } = (error.cause ?? error) as Error;
    throw unavailable(`${url} cannot be reached: ${message}`);
  });
  const body = (await answer.json().catch(() => ({}))) as Audit & { detail?: string };
  if (!answer.ok || body.discrepancies === undefined)
    throw unavailable(`${url} answers ${answer.status}: ${body.detail}`);
  return body;
}

function unavailable(message: string): Unavailable {
  return new Unavailable('SERVICE_UNAVAILABLE', message);
}
