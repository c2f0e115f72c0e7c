import { idOf } from '../../../core/fields.ts';
import { hashOf } from './row.ts';
import { fittingText, isSameText, trimmed } from './storedText.ts';
import { ourWord, vocabulary } from './words.ts';

/** How the elements of one list stand in a row. */
export interface ElementForm<E> {
  /** Our element; undefined for one that we cannot show, and so leave alone. */
  read(raw: unknown): E | undefined;
  /** What tells elements apart, on both sides. */
  key(element: E): string;
  /** @param raw what stands there now; what we do not know of it is kept */
  write(element: E, raw: unknown): unknown;
  isSame(a: E, b: E): boolean;
}

const mostElements = 200;
const longestWord = 200;

/** People, labels, addresses of repositories. */
export const words: ElementForm<string> = {
  read: (raw) => {
    const word = typeof raw === 'string' ? trimmed(raw) : '';
    return word !== '' && word.length <= longestWord && fittingText(word, longestWord) === word ? word : undefined;
  },
  key: trimmed,
  write: (word) => word,
  isSame: (a, b) => trimmed(a) === trimmed(b),
};

const taskId = idOf('task');

export const taskIds: ElementForm<string> = {
  read: (raw) => taskId.safeParse(raw).data,
  key: (id) => id,
  write: (id) => id,
  isSame: (a, b) => a === b,
};

interface Criterion {
  readonly id: string;
  readonly text: string;
  readonly done: boolean;
}

const criterionTexts = ['text', 'title', 'description', 'criterion', 'name'];
const criterionMarks = ['done', 'completed', 'checked', 'met'];
const doneWords = vocabulary(['done'], { completed: 'done', complete: 'done', passed: 'done', met: 'done' });

export const criteria: ElementForm<Criterion> = {
  read: (raw) => {
    const object = asObject(raw);
    const hasId = typeof object?.id === 'string' && object.id !== '' && fittingText(object.id, 64) === object.id;
    const text = object && (textMember(object, criterionTexts) ?? (hasId ? anyTextMember(object) : undefined));
    if (!object || text === undefined) return undefined;
    const mark = criterionMarks.find((name) => typeof object[name] === 'boolean');
    const done = mark === undefined ? ourWord(doneWords, object.status) === 'done' : object[mark] === true;
    const id = hasId ? String(object.id) : `c-${hashOf(object[text] as string)}`;
    return { id, text: fittingText(String(object[text]), 2_000), done };
  },
  key: (criterion) => criterion.id,
  write: (criterion, raw) => {
    const object = asObject(raw) ?? {};
    const text = textMember(object, criterionTexts) ?? anyTextMember(object) ?? 'text';
    const mark = criterionMarks.find((name) => typeof object[name] === 'boolean') ?? 'done';
    return { ...object, id: criterion.id, [text]: criterion.text, [mark]: criterion.done };
  },
  isSame: (a, b) => a.done === b.done && isSameText(a.text, b.text),
};

interface Link {
  readonly title: string;
  readonly url: string;
}

const linkAddresses = ['url', 'href', 'link'];
const linkTitles = ['title', 'name', 'label', 'text'];

export const links: ElementForm<Link> = {
  read: (raw) => {
    const object = asObject(raw);
    const address = object && textMember(object, linkAddresses);
    const url = object && address ? trimmed(String(object[address])) : '';
    if (!object || url === '' || fittingText(url, 2_000) !== url) return undefined;
    const title = textMember(object, linkTitles);
    return { url, title: title === undefined ? '' : fittingText(String(object[title]), 500) };
  },
  key: (link) => trimmed(link.url),
  write: (link, raw) => {
    const object = asObject(raw) ?? {};
    const address = textMember(object, linkAddresses) ?? 'url';
    const title = textMember(object, linkTitles) ?? 'title';
    return { ...object, [title]: link.title, [address]: link.url };
  },
  isSame: (a, b) => isSameText(a.title, b.title),
};

/** The elements of a row's list that we can show, by key, as they stand there. */
function shown<E>(form: ElementForm<E>, raw: unknown): Map<string, { readonly raw: unknown; readonly element: E }> {
  const found = new Map<string, { raw: unknown; element: E }>();
  for (const one of Array.isArray(raw) ? raw : []) {
    const element = form.read(one);
    const key = element === undefined ? undefined : form.key(element);
    if (element === undefined || key === undefined || found.has(key) || found.size === mostElements) continue;
    found.set(key, { raw: one, element });
  }
  return found;
}

export function readElements<E>(form: ElementForm<E>, raw: unknown): E[] {
  return [...shown(form, raw).values()].map(({ element }) => element);
}

/** Our list as the row's: what we cannot show stays, what is ours is replaced, in the row's order. */
export function writeElements<E>(form: ElementForm<E>, elements: readonly E[], raw: unknown): unknown[] {
  const present = shown(form, raw);
  const wanted = new Map(elements.map((element) => [form.key(element), element]));
  const kept = (Array.isArray(raw) ? raw : []).flatMap((one) => {
    const known = [...present].find(([, value]) => value.raw === one);
    if (!known) return [one];
    const element = wanted.get(known[0]);
    if (element === undefined) return [];
    wanted.delete(known[0]);
    return [form.isSame(element, known[1].element) ? one : form.write(element, one)];
  });
  return [...kept, ...[...wanted.values()].map((element) => form.write(element, undefined))];
}

/** Whether a row's list says what ours says. */
export function hasElements<E>(form: ElementForm<E>, elements: readonly E[], raw: unknown): boolean {
  const present = shown(form, raw);
  const wanted = new Map(elements.map((element) => [form.key(element), element]));
  wanted.delete('');
  if (present.size !== wanted.size) return false;
  return [...wanted].every(([key, element]) => {
    const there = present.get(key);
    return there !== undefined && form.isSame(element, there.element);
  });
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
}

/** A criterion of ours may have no text yet. */
function anyTextMember(object: Readonly<Record<string, unknown>>): string | undefined {
  return criterionTexts.find((name) => typeof object[name] === 'string');
}

/** The first of some members that holds text. */
function textMember(object: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  return names.find((name) => typeof object[name] === 'string' && trimmed(object[name] as string) !== '');
}
