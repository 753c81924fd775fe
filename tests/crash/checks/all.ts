import { answers, oneEffect } from './answers.ts';
import { audit } from './audit.ts';
import { feed } from './feed.ts';
import { history } from './history.ts';
import { money } from './money.ts';
import { ended, proof } from './proof.ts';
import { settled } from './settled.ts';
import { stock } from './stock.ts';
import type { Evidence, Violation } from './violation.ts';

const CHECKS = [ended, settled, money, stock, answers, oneEffect, history, feed, audit, proof];

export const violationsIn = (evidence: Evidence): Violation[] => CHECKS.flatMap((check) => [...check(evidence)]);
