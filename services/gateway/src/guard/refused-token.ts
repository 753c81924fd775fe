import { Refusal } from '@oms/shared/errors';
import { decodeJwt, decodeProtectedHeader, errors } from 'jose';

const LONGEST_LOGGED = 200;

/** What is told to whoever sent the token. It is no secret: who has a token can read it, and who has none learns nothing. */
const WHY: Readonly<Record<string, string>> = {
  [errors.JWTExpired.code]: 'The token has expired.',
  [errors.JWSSignatureVerificationFailed.code]: 'The signature of the token is wrong.',
  [errors.JWKSNoMatchingKey.code]: 'The token is signed by a key that its issuer does not publish.',
  [errors.JWKSMultipleMatchingKeys.code]: 'The token does not say which key it is signed by.',
  [errors.JOSEAlgNotAllowed.code]: 'The token is signed by an algorithm that is not accepted.',
  [errors.JOSENotSupported.code]: 'The token is of a kind that is not supported.',
};
const OF_CLAIM: Readonly<Record<string, string>> = {
  iss: 'The token is of another issuer.',
  aud: 'The token is for another audience.',
  client_id: 'The token is for another audience.',
  nbf: 'The token is not valid yet.',
};
const SIGNED_BY_OTHERS = [errors.JWSSignatureVerificationFailed, errors.JWKSNoMatchingKey];

/** Why a token is not valid, in words for whoever has to make it so. */
export function whyInvalid(error: unknown, token: string, issuer: string): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === 'missing') return `The token has no ${claim}.`;
    return OF_CLAIM[claim] ?? `The token has no valid ${claim}.`;
  }
  const isForeign = SIGNED_BY_OTHERS.some((kind) => error instanceof kind) && contentOf(token).iss !== issuer;
  if (isForeign) return OF_CLAIM.iss as string;
  if (!(error instanceof errors.JOSEError)) return 'The token is signed by a key that cannot be used.';
  return WHY[error.code] ?? 'The token is no signed JWT.';
}

/** What a token says of itself, for the log. Nobody has checked it. */
export function contentOf(token: string): Record<string, string> {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const { iss, aud, client_id } = decodeJwt(token);
    const said = Object.entries({ alg, kid, iss, aud, client_id }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(said.map(([name, value]) => [name, String(value).slice(0, LONGEST_LOGGED)]));
  } catch {
    return {};
  }
}

export const tokenMissing = () => unauthenticated('This needs a bearer token.', 'Bearer');
export const tokenInvalid = (why: string) => unauthenticated(why, challenge('invalid_token', why));
export const roleMissing = (why: string) =>
  new Refusal(403, 'FORBIDDEN', why, {}, { 'WWW-Authenticate': challenge('insufficient_scope', why) });

/** RFC 6750. */
const challenge = (error: string, why: string) => `Bearer error="${error}", error_description="${why}"`;
const unauthenticated = (detail: string, header: string) =>
  new Refusal(401, 'UNAUTHENTICATED', detail, {}, { 'WWW-Authenticate': header });
