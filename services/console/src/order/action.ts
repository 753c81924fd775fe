import type { Choice, Values } from './choices.ts';
import type { Request } from './curl.ts';

export interface Field {
  name: string;
  label: string;
  options?: readonly string[];
  isRequired?: boolean;
  initial?: string;
  /** Shown in the request to copy, but not in the form. */
  example?: string;
  /** For an amount of money: the smallest one. */
  step?: number;
  /** A checkbox, which is checked at first. */
  isCheck?: boolean;
}

/** Something that the user can do with the order now. */
export interface Action {
  name: string;
  label: string;
  tone?: 'primary' | 'danger';
  /** What the user is asked first. */
  fields: readonly Field[];
  /** Where it can be done with some pieces only: those that are left. */
  lines?: readonly Choice[];
  request(values: Values): Request;
}
