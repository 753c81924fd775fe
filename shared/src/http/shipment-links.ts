import { createHmac, hkdfSync } from 'node:crypto';
import { Refusal } from '../errors.ts';
import type { World } from '../world.ts';
import { isSame } from './caller.ts';
import { datedTag } from './conditions.ts';

const DAY_S = 24 * 60 * 60;

/** The purposes of links, and how many days they are valid. A link in a mail is not renewed. */
const DAYS = { label: 7, tracking: 30 };
export type Purpose = keyof typeof DAYS;

export interface Signed {
  expires?: string | undefined;
  signature?: string | undefined;
}

/** Signed links that show a parcel without a token, for some days. Without an INTERNAL_TOKEN nothing is signed: all is open. */
export class ShipmentLinks {
  readonly #key: Uint8Array | undefined;

  constructor(
    internalToken: string | undefined,
    private readonly world: Pick<World, 'now'>,
  ) {
    if (internalToken !== undefined)
      this.#key = new Uint8Array(hkdfSync('sha256', internalToken, '', 'links to shipments', 32));
  }

  /** The path of the label, signed. */
  label(trackingNumber: string): string {
    return labelPath(trackingNumber) + this.#query('label', trackingNumber, '?');
  }

  /** The signed address of a tracking page, which may be another site. */
  tracking(template: string, trackingNumber: string): string {
    const url = new URL(template.replace('{trackingNumber}', encodeURIComponent(trackingNumber)));
    url.search += this.#query('tracking', trackingNumber, url.search === '' ? '?' : '&');
    return url.href;
  }

  /** The tag of a document with a link: it changes when the link does. */
  tag(etag: string): string {
    return this.#key ? datedTag(etag, this.#day()) : etag;
  }

  mustBeValid(purpose: Purpose, trackingNumber: string, { expires = '', signature = '' }: Signed): void {
    const wanted = this.#key && signatureOf(this.#key, purpose, trackingNumber, expires);
    if (!wanted || !isSame(Buffer.from(signature), Buffer.from(wanted)))
      throw new Refusal(403, 'LINK_INVALID', 'This link is not valid.');
    if (Number(expires) * 1000 <= this.world.now())
      throw new Refusal(403, 'LINK_EXPIRED', 'This link has expired. The order shows a new one.');
  }

  #day(): number {
    return Math.ceil(this.world.now() / 1000 / DAY_S);
  }

  /** The same for a whole day, so that the same document is shown. */
  #query(purpose: Purpose, trackingNumber: string, before: '?' | '&'): string {
    if (!this.#key) return '';
    const expires = String((this.#day() + DAYS[purpose]) * DAY_S);
    return `${before}expires=${expires}&signature=${signatureOf(this.#key, purpose, trackingNumber, expires)}`;
  }
}

export const labelPath = (trackingNumber: string): string => `/shipments/labels/${encodeURIComponent(trackingNumber)}`;

const signatureOf = (key: Uint8Array, purpose: Purpose, trackingNumber: string, expires: string): string =>
  createHmac('sha256', key).update(`${purpose}\n${trackingNumber}\n${expires}`).digest('base64url');
