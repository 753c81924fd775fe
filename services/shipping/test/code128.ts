/** The widths of bars and spaces of every symbol of Code 128, by its value (ISO/IEC 15417, table 1). */
const PATTERNS =
  `212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231
113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121
211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124
121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241
114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141
114131 311141 411131 211412 211214 211232`.split(/\s+/);
const STOP = '2331112';

const [CODE_C, CODE_B, CODE_A] = [99, 100, 101];
const STARTS: Record<number, number> = { 103: CODE_A, 104: CODE_B, 105: CODE_C };

/** Reads a Code 128 barcode as a scanner does: start, symbols, check symbol, stop. */
export function readCode128(widths: readonly number[]): string {
  const text = widths.join('');
  if (!text.endsWith(STOP)) throw new Error('no stop pattern');
  const symbols = (text.slice(0, -STOP.length).match(/.{6}/g) ?? []).map((pattern) => PATTERNS.indexOf(pattern));
  if (symbols.includes(-1)) throw new Error('not a symbol of Code 128');
  const check = symbols.pop() as number;
  const [start, ...data] = symbols as [number, ...number[]];
  const sum = data.reduce((total, value, i) => total + value * (i + 1), start) % 103;
  if (sum !== check) throw new Error(`check symbol is ${check}, and should be ${sum}`);

  let set = STARTS[start];
  let read = '';
  for (const value of data) {
    if (value === set || value > CODE_A) throw new Error(`function symbol ${value} is not expected`);
    if (set === CODE_C && value < 100) read += String(value).padStart(2, '0');
    else if (value === CODE_C || value === CODE_B || value === CODE_A) set = value;
    else read += String.fromCharCode(value + (set === CODE_A && value >= 64 ? -64 : 32));
  }
  return read;
}
