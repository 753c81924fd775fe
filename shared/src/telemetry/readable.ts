/** Every character that could control a terminal, but line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;
const escaped = (text: string) =>
  text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
const onOneLine = (text: string) => escaped(text).replaceAll('\n', '\\n');

const PLAIN = /^[^\s"=\\]+$/;
const COLOURS: Record<string, number> = { error: 31, warn: 33, debug: 90 };

/** A line of the log for a person at a terminal: `time service level message k=v`, and below it the stack of an error. */
export function readable(line: Record<string, unknown>, coloured = false): string {
  const { timestamp, service, level, message, error, ...rest } = line;
  const at = new Date(String(timestamp));
  const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  const paint = (text: string) => {
    const colour = coloured && COLOURS[String(level)];
    return colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  };
  const fields = Object.entries(rest).filter(([, value]) => value !== undefined);
  const words = [
    time,
    ...(service === undefined ? [] : [onOneLine(String(service)).padEnd(12)]),
    paint(onOneLine(String(level)).padEnd(5)),
    onOneLine(String(message)),
    ...fields.map(([name, value]) => `${onOneLine(name)}=${shown(value)}`),
  ];
  const stack = error === undefined ? '' : `\n${escaped(typeof error === 'string' ? error : JSON.stringify(error))}`;
  return words.join(' ') + stack.replaceAll('\n', '\n    ');
}

function shown(value: unknown): string {
  const text = typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value);
  return escaped(text ?? '');
}
