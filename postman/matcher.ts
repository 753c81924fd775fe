/** What is expected of a value where it is not this or that value. Chai has the words. */
export class Matcher {
  readonly words: string;
  readonly given: unknown[];

  constructor(words: string, ...given: unknown[]) {
    this.words = words;
    this.given = given;
  }
}

export const atLeast = (bound: number) => new Matcher('be.at.least', bound);
export const below = (bound: number) => new Matcher('be.below', bound);
/** A text; Chai would find `null` in what is not there. */
export const matching = (pattern: RegExp) => new Matcher('be.a("string").that.matches', pattern);
export const containing = (part: string) => new Matcher('include', part);
export const list = new Matcher('be.an', 'array');
export const absent = new Matcher('equal', undefined);
export const emptyList = new Matcher('eql', []);

/** A variable that is a number. */
export class NumberOf extends Matcher {
  readonly variable: string;

  constructor(variable: string) {
    super('equal');
    this.variable = variable;
  }
}

/** Each element of a list that is not empty. */
export class Every extends Matcher {
  readonly element: unknown;

  constructor(element: unknown) {
    super('not.be.empty');
    this.element = element;
  }
}
export const every = (element: unknown) => new Every(element);
