/** More new words than this are sorted in all at once; fewer are put in their places one by one. */
const FEW = 64;

/** Words in order, so that those with a common beginning stand together. */
export class SortedWords {
  #words: string[] = [];
  #added: string[] = [];

  /** The word must not be there yet. */
  add(word: string): void {
    this.#added.push(word);
  }

  remove(word: string): void {
    this.#tidy();
    const place = this.#firstAtOrAfter(word);
    if (this.#words[place] === word) this.#words.splice(place, 1);
  }

  *beginningWith(start: string): Generator<string> {
    this.#tidy();
    for (let i = this.#firstAtOrAfter(start); this.#words[i]?.startsWith(start); i++) yield this.#words[i] as string;
  }

  #tidy(): void {
    const added = this.#added;
    this.#added = [];
    if (added.length > FEW) this.#words = this.#words.concat(added).sort();
    else for (const word of added) this.#words.splice(this.#firstAtOrAfter(word), 0, word);
  }

  #firstAtOrAfter(word: string): number {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#words[middle] as string) < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
