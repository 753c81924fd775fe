/** PostgreSQL cannot store a NUL, and half of a surrogate pair is not a character. */
export const NO_TEXT = 'must not contain NUL or half of a surrogate pair';
const NONE_OF_IT = /[\0\p{Surrogate}]/u;

export const isText = (text: string): boolean => !NONE_OF_IT.test(text);
