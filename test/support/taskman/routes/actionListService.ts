import { randomBytes } from 'node:crypto';
import type { App } from '../app.ts';
import { repr } from '../python/text.ts';
import { isEqual, isList, isMap, type Value } from '../python/value.ts';
import { actionListResponse } from '../schemas/actionLists.ts';
import { type Checked, checkModel } from '../schemas/model.ts';
import { type Problem, problemText } from '../schemas/problem.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/table.ts';
import { actionLists } from '../store/tables.ts';
import { caught, EntityService, ServiceError } from './entityService.ts';

/** Action lists: lists and objects are stored as they are, and what is shown as items are the ids of tasks. */
export class ActionListService {
  readonly #app: App;
  /** Reading and deleting one is the generic service's. */
  readonly generic = new EntityService('ActionList', actionLists, actionListResponse);

  constructor(app: App) {
    this.#app = app;
  }

  get #database(): Database {
    return this.#app.database;
  }

  /** The id that was sent does not count: this process numbers its lists from 1. */
  create({ values }: Checked): Value {
    this.#app.actionLists += 1;
    const { title = null, description, owner, project_id = null, sprint_id = null, tags = [] } = values;
    const { priority = null, due_date = null, items = [] } = values;
    const row = {
      id: `AL-${String(this.#app.actionLists).padStart(4, '0')}`,
      name: title,
      description: description || '',
      owner: owner || 'system',
      project_id,
      sprint_id,
      tags,
      priority,
      due_date,
      task_ids: items,
      status: 'active',
    };
    return caught(() => show(this.#database.insert(actionLists, row)));
  }

  list(filters: Readonly<Record<string, Value>>, limit: number, offset: number) {
    const wanted = Object.entries(filters).filter(([, value]) => value !== null);
    return caught(() => {
      const found = this.#database.select(actionLists, (row) => wanted.every(([name, value]) => row[name] === value));
      return { rows: found.slice(offset, offset + limit).map(show), total: found.length };
    });
  }

  update(id: string, { values, sent }: Checked): Value {
    const changes = Object.fromEntries(
      [...sent].map((name) => [name === 'title' ? 'name' : name, values[name] ?? null]),
    );
    return this.#change(id, `ActionList ${id} not found`, () => changes);
  }

  tasksOf(id: string): readonly Value[] {
    return caught(() => itemsOf(this.#find(id)));
  }

  addTask(id: string, item: Value): Value {
    return this.#change(id, missing(id), (row): Row => {
      const items = itemsOf(row);
      return items.some((one) => isEqual(one, item)) ? {} : { task_ids: [...items, item] };
    });
  }

  addItem(id: string, text: Value, order: Value): Value {
    const itemId = `Item-${randomBytes(4).toString('hex')}`;
    return this.addTask(id, { id: itemId, text, completed: false, order: order || 0 });
  }

  /** Takes away the first item with this id or text. */
  removeItem(id: string, itemId: string): Value {
    return this.#change(id, missing(id), (row) => {
      const items = itemsOf(row);
      const found = items.find((item) => (isMap(item) ? item.id === itemId || item.text === itemId : item === itemId));
      if (found === undefined) throw new ServiceError('notFound', `Item ${itemId} not found in list ${id}`);
      return { task_ids: items.filter((item) => !isEqual(item, found)) };
    });
  }

  reorder(id: string, wanted: readonly Value[]): Value {
    return this.#change(id, missing(id), (row) => {
      const items = itemsOf(row);
      if (items.some(isMap)) throw new ServiceError('app', "unhashable type: 'dict'");
      const absent = items.filter((item) => !wanted.includes(item));
      const unknown = wanted.filter((item) => !items.includes(item));
      const parts = [...part('missing', absent), ...part('unknown', unknown)];
      if (parts.length > 0) throw new ServiceError('validation', `Item mismatch - ${parts.join(', ')}`);
      return { task_ids: wanted };
    });
  }

  #find(id: string, message = missing(id)): Row {
    const row = this.#database.find(actionLists, id);
    if (!row) throw new ServiceError('notFound', message);
    return row;
  }

  #change(id: string, message: string, changesOf: (row: Row) => Row): Value {
    return caught(() => {
      const row = this.#find(id, message);
      this.#database.update(actionLists, row, changesOf(row));
      return show(row);
    });
  }
}

function missing(id: string): string {
  return `Action list ${id} not found`;
}

function part(name: string, items: readonly Value[]): string[] {
  return items.length === 0 ? [] : [`${name}: ${repr([...new Set(items)])}`];
}

function itemsOf(row: Readonly<Row>): readonly Value[] {
  const items = row.task_ids ?? null;
  return isList(items) ? items : [];
}

function show(row: Readonly<Row>): Value {
  const problems: Problem[] = [];
  const { values } = checkModel(actionListResponse, row, [], problems);
  if (problems.length > 0) throw new ServiceError('app', problemText(actionListResponse.name, problems));
  return values;
}
