import type { NextFunction, Request, Response } from 'express';
import { type ChaosControl, ChaosInjected } from '../service/chaos.ts';
import { callerOf } from './caller.ts';
import { mayTurnChaos } from './query.ts';

export const NEVER_DISTURBED: ReadonlySet<string> = new Set([
  '/health',
  '/livez',
  '/readyz',
  '/metrics',
  '/chaos',
  '/openapi.json',
]);

/** Delays requests, has them fail, or has their answers dropped, as the chaos setting says. */
export function injectFaults({ chaos, chaosApi }: { chaos: ChaosControl; chaosApi: boolean }) {
  return (req: Request, res: Response, next: NextFunction) => {
    const spared = NEVER_DISTURBED.has(req.path) || (chaosApi && turnsChaos(chaos, req, res));
    const fault = spared ? undefined : chaos.draw();
    if (!fault) return next();
    res.locals.drops = fault.drops;
    const go = () => next(fault.fails ? new ChaosInjected() : undefined);
    if (fault.latencyMs > 0) setTimeout(go, fault.latencyMs);
    else go();
  };
}

/** `?chaosMode=true` in any request of an operator turns chaos on, as CHAOS_MODE does, and `false` off, for a while. */
function turnsChaos(chaos: ChaosControl, req: Request, res: Response): boolean {
  if (!mayTurnChaos(req.url) || callerOf(res).kind !== 'operator') return false;
  const { chaosMode } = req.query;
  if (chaosMode !== 'true' && chaosMode !== 'false') return false;
  chaos.mode(chaosMode === 'true');
  return true;
}
