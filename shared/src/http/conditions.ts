import { hash } from 'node:crypto';
import { Refusal } from '../errors.ts';

/** The tag of a document that has no version of its own: a hash of its content. */
export const tagOf = (document: unknown): string => `"${hash('sha1', JSON.stringify(document), 'base64url')}"`;

/** The tag of a document with a link that expires: on another day it is sent again, although nothing else changed. */
export const datedTag = (etag: string, day: number): string => etag.replace(/"$/, `.${day}"`);

const undated = (tag: string): string => tag.replace(/\.\d+"$/, '"');

type Conditional = { 'if-match'?: string | undefined } | undefined;

/** Whether If-Match names the tag of the document. Weak tags never match. */
export function matches(headers: Conditional, etag: string): boolean {
  const wanted = headers?.['if-match'];
  return wanted === undefined || tagsIn(wanted).some((tag) => tag === '*' || undated(tag) === undated(etag));
}

export function mustMatch(headers: Conditional, etag: string, what: string): void {
  if (matches(headers, etag)) return;
  throw new Refusal(412, 'PRECONDITION_FAILED', `${what} is ${etag} by now.`, {}, { ETag: etag });
}

/** Whether If-None-Match names the tag: the client has the document already. */
export function isKnown(ifNoneMatch: string | undefined, etag: string | undefined): boolean {
  if (ifNoneMatch === undefined || etag === undefined) return false;
  const plain = etag.replace(/^W\//, '');
  return tagsIn(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === plain);
}

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim());
