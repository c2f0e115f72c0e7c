const mostCharacters = 500;

/**
 * The part of a word by which it is found: an entry of an index of PostgreSQL has room for about 2,700 bytes. Words that
 * agree so far are taken for the same.
 */
export function indexedWord(word: string): string {
  return word.length <= mostCharacters ? word : [...word].slice(0, mostCharacters).join('');
}
