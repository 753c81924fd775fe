/** The letters of the standard fonts of a PDF (WinAnsi), and line breaks. */
const SHOWN = /[\n\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/;

/** Latin letters that Unicode does not split into a plain letter and a mark. */
const PLAIN: Record<string, string> = { Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', ı: 'i', Ħ: 'H', ħ: 'h', Ŧ: 'T', ŧ: 't' };

/** Replaces letters that the fonts lack by their plain form (ń by n), or by a question mark if they have none. */
export function printable(text: string): string {
  return [...text.normalize('NFC')].map((letter) => (SHOWN.test(letter) ? letter : plain(letter))).join('');
}

function plain(letter: string): string {
  if (/\s/.test(letter)) return ' ';
  const base = PLAIN[letter] ?? letter.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return [...base].every((part) => SHOWN.test(part)) ? base : '?';
}
