import { absent, Every, Matcher, NumberOf } from './matcher.ts';
import { isOver, makeNewId, pause } from './scripts.ts';
import { Called, type Expectation, type Script, type Step } from './step.ts';

const MOST_TRIES = 120;

/** What Postman runs after the answer: the expectations as tests, and what is kept. */
export function testScript({ name, endpoint, expect, wait }: Step): string[] {
  const tests = expect.flatMap((expected) => [testOf(expected), ...keepsOf(expected)]);
  const lines = wait
    ? [
        sourceOf(isOver),
        `if (isOver(${callOf(wait.until)}, ${written(wait.from ?? name)}, ${wait.most ?? MOST_TRIES})) {`,
        ...tests.map(indent),
        '}',
      ]
    : tests;
  const success = endpoint?.answers[200];
  const isRefused = expect.some(({ code }) => code !== undefined);
  const isText = success?.contentTypes && !success.schema && !isRefused;
  const usesBody = lines.some((line) => /\bbody\b/.test(line));
  return linesOf([...(usesBody ? [`const body = pm.response.${isText ? 'text' : 'json'}();`] : []), ...lines]);
}

/** What Postman runs before the request. */
export function beforeScript({ before: { set = {}, newId, run } = {}, wait }: Step): string[] {
  const sets = Object.entries(set).map(
    ([name, value]) =>
      `pm.collectionVariables.set(${written(name)}, pm.variables.replaceIn(${JSON.stringify(value)}));`,
  );
  return linesOf([
    ...sets,
    ...(newId === undefined ? [] : [`${callOf(makeNewId, written(newId))};`]),
    ...(run === undefined ? [] : [`${callOf(run)};`]),
    ...(wait && wait.from === undefined ? [`${callOf(pause)};`] : []),
  ]);
}

export const scriptOf = (script: Script): string[] => linesOf([`${callOf(script)};`]);

const linesOf = (parts: string[]) => parts.flatMap((part) => part.split('\n'));

/** The function itself, called where it stands. */
function callOf(script: Script | Called, ...given: string[]): string {
  if (script instanceof Called) return callOf(script.script, 'body', ...script.given.map(written));
  const all = given.length === 0 && script.length > 0 ? ['body'] : given;
  return `(${sourceOf(script)})(${all.join(', ')})`;
}

/** As if it had been written at the margin. */
function sourceOf(script: Script): string {
  const source = String(script);
  const margin = /\n( *)\S[^\n]*$/.exec(source)?.[1] ?? '';
  return source.replaceAll(`\n${margin}`, '\n');
}

function testOf({ title, status, code, headers = {}, body, check }: Expectation): string {
  const lines = [
    ...(status === undefined ? [] : [`pm.response.to.have.status(${status});`]),
    ...(code === undefined ? [] : saysOf('body.code', code)),
    ...Object.entries(headers).flatMap(([name, value]) => headerSays(name, value)),
    ...(body === undefined ? [] : saysOf('body', body)),
    ...(check === undefined ? [] : [`${callOf(check)};`]),
  ];
  return [`pm.test(${written(title)}, () => {`, ...lines.map(indent), '});'].join('\n');
}

/** `{id}` in an expected header is a field of the answer. */
function headerSays(name: string, expected: string | Matcher): string[] {
  const value = `pm.response.headers.get(${written(name)})`;
  if (expected instanceof Matcher) {
    if (expected === absent) return [`pm.expect(pm.response.headers.has(${written(name)})).to.equal(false);`];
    return saysOf(value, expected);
  }
  if (!/(?<!\{)\{\w+\}/.test(expected)) return saysOf(value, expected);
  const text = expected.replaceAll(/\{(\w+)\}/g, (_, field) => `\${body.${field}}`);
  return [`pm.expect(${value}).to.equal(\`${text}\`);`];
}

/** Of an object what is said of its fields, of an array what is said of each element. */
function saysOf(path: string, expected: unknown): string[] {
  if (expected instanceof NumberOf) return [`pm.expect(${path}).to.equal(Number(${variable(expected.variable)}));`];
  if (expected instanceof Every) return everySays(path, expected);
  if (expected instanceof Matcher)
    return [`pm.expect(${path}).to.${expected.words}(${expected.given.map(written).join(', ')});`];
  if (Array.isArray(expected))
    return [
      `pm.expect(${path}).to.have.lengthOf(${expected.length});`,
      ...expected.flatMap((element, i) => saysOf(`${path}[${i}]`, element)),
    ];
  if (typeof expected === 'object' && expected !== null)
    return Object.entries(expected).flatMap(([field, value]) => saysOf(`${path}${access(field)}`, value));
  return [`pm.expect(${path}).to.equal(${written(expected)});`];
}

function everySays(path: string, { element }: Every): string[] {
  const lines = saysOf('one', element).map(indent);
  return [`pm.expect(${path}).to.not.be.empty;`, `for (const one of ${path}) {`, ...lines, '}'];
}

/** `{{name}}` is what a variable keeps. */
function written(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  if (typeof value !== 'string' || !value.includes('{{')) return JSON.stringify(value) ?? 'undefined';
  const [, whole] = /^\{\{(\w+)\}\}$/.exec(value) ?? [];
  if (whole !== undefined) return variable(whole);
  return `\`${value.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => `\${${variable(name)}}`)}\``;
}

const variable = (name: string) => `pm.collectionVariables.get(${JSON.stringify(name)})`;
const access = (field: string) =>
  /^[A-Za-z_]\w*$/.test(field) ? `.${field}` : `[${/^\d+$/.test(field) ? field : JSON.stringify(field)}]`;
const indent = (lines: string) => lines.replaceAll(/^(?=.)/gm, '  ');

/** Called once, here: what it takes from the answer is noted, and said in the script. */
function keepsOf({ keep }: Expectation): string[] {
  if (!keep) return [];
  const kept = keep(noted('body') as never, (name) => noted(`pm.response.headers.get(${written(name)})`) as string);
  return Object.entries(kept).map(
    ([name, value]) => `pm.collectionVariables.set(${written(name)}, ${(value as Noted)[SAID]});`,
  );
}

/** What a script says to get there. */
const SAID = Symbol('said');
type Noted = { [SAID]: string };
const noted = (said: string): unknown =>
  new Proxy({}, { get: (_, field) => (field === SAID ? said : noted(`${said}${access(String(field))}`)) });
