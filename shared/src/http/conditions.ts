import { hash } from 'node:crypto';
import { Refusal } from '../errors.ts';

/** The tag of a document that has no version of its own: another one whenever it looks different. */
export const tagOf = (document: unknown): string => `"${hash('sha1', JSON.stringify(document), 'base64url')}"`;

/** The tag of what shows something that holds for a while, such as a link: the same document, and yet to be sent anew. */
export const datedTag = (etag: string, day: number): string => etag.replace(/"$/, `.${day}"`);

const undated = (tag: string): string => tag.replace(/\.\d+"$/, '"');

type Conditional = { 'if-match'?: string | undefined } | undefined;

/** Whether the document is still one of those that If-Match names. Weak tags promise too little for that. */
export function matches(headers: Conditional, etag: string): boolean {
  const wanted = headers?.['if-match'];
  return wanted === undefined || tagsIn(wanted).some((tag) => tag === '*' || undated(tag) === undated(etag));
}

export function mustMatch(headers: Conditional, etag: string, what: string): void {
  if (matches(headers, etag)) return;
  throw new Refusal(412, 'PRECONDITION_FAILED', `${what} is ${etag} by now.`, {}, { ETag: etag });
}

/** Whether the client has this one already. */
export function isKnown(ifNoneMatch: string | undefined, etag: string | undefined): boolean {
  if (ifNoneMatch === undefined || etag === undefined) return false;
  const plain = etag.replace(/^W\//, '');
  return tagsIn(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === plain);
}

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim());
