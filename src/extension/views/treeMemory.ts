import { kindOfId } from '../../core/ids.ts';
import type { TreeModel, TreeReader } from './treeModel.ts';
import type { TreeNode } from './treeNode.ts';

const root = '';

/** How many siblings one page shows. */
export const pageSize = 200;

/**
 * What a tree has told the editor: which nodes there are, how they look, which children they have. From it follows
 * which nodes must be drawn anew after a change, and no others.
 */
export class TreeMemory {
  readonly #model: TreeModel;
  readonly #tracker: TreeReader;
  /** Everything that is visible of a node, as text. */
  readonly #look: (node: TreeNode) => string;
  readonly #nodes = new Map<string, TreeNode>();
  readonly #looks = new Map<string, string>();
  readonly #parents = new Map<string, string>();
  readonly #children = new Map<string, readonly string[]>();
  readonly #limits = new Map<string, number>();

  constructor(model: TreeModel, tracker: TreeReader, look: (node: TreeNode) => string) {
    this.#model = model;
    this.#tracker = tracker;
    this.#look = look;
  }

  /** The children to show, as the very objects that were given before where they are the same nodes. */
  list(parent: TreeNode | undefined): TreeNode[] {
    const parentKey = parent?.key ?? root;
    const nodes = this.#childrenOf(parent).map((node) => this.#intern(node));
    const keys = nodes.map(signatureOfPlace);
    this.#forgetAllBut(parentKey, new Set(nodes.map((node) => node.key)));
    this.#children.set(parentKey, keys);
    for (const node of nodes) this.#parents.set(node.key, parentKey);
    return nodes;
  }

  /** Remembers how the node looks now. */
  noteLook(node: TreeNode): void {
    this.#looks.set(node.key, this.#look(node));
  }

  known(key: string): TreeNode | undefined {
    return this.#nodes.get(key);
  }

  parentOf(node: TreeNode): TreeNode | undefined {
    const remembered = this.#parents.get(node.key);
    const parent = remembered === undefined ? this.#placeNow(node) : this.#nodes.get(remembered);
    return parent && this.#intern(parent);
  }

  /** Shows another page of siblings. @returns the node to draw anew; undefined for the whole tree */
  showMore(parentKey: string | undefined): TreeNode | undefined {
    const key = parentKey ?? root;
    this.#limits.set(key, this.#limitOf(key) + pageSize);
    return this.#nodes.get(key);
  }

  /** The nodes that look different after these entities changed; undefined among them means the whole tree. */
  changed(ids: ReadonlySet<string>): (TreeNode | undefined)[] {
    const candidates = new Set([...ids].flatMap((id) => this.#touchedBy(id)));
    const dirty = new Set([...candidates].filter((key) => this.#isDirty(key)));
    if (dirty.has(root)) return [undefined];
    return [...dirty].filter((key) => !this.#hasAncestorIn(key, dirty)).map((key) => this.#nodes.get(key));
  }

  #childrenOf(parent: TreeNode | undefined): TreeNode[] {
    const limit = this.#limitOf(parent?.key ?? root);
    const { nodes, total } = this.#model.childrenOf(parent, limit);
    const hidden = total - nodes.length;
    if (hidden <= 0) return [...nodes];
    const key = `more:${parent?.key ?? root}`;
    return [...nodes, { type: 'more', key, parentKey: parent?.key, hidden }];
  }

  #limitOf(key: string): number {
    return this.#limits.get(key) ?? pageSize;
  }

  #intern(node: TreeNode): TreeNode {
    if (node.type === 'more') return node;
    const known = this.#nodes.get(node.key);
    if (known) return known;
    this.#nodes.set(node.key, node);
    return node;
  }

  /** Drops the children that are gone; one that has moved under another parent stays. */
  #forgetAllBut(parentKey: string, kept: ReadonlySet<string>): void {
    for (const place of this.#children.get(parentKey) ?? []) {
      const key = keyOfPlace(place);
      if (!kept.has(key) && this.#parents.get(key) === parentKey) this.#forget(key);
    }
  }

  #forget(key: string): void {
    for (const child of this.#children.get(key) ?? []) {
      if (this.#parents.get(keyOfPlace(child)) === key) this.#forget(keyOfPlace(child));
    }
    for (const map of [this.#nodes, this.#looks, this.#parents, this.#children, this.#limits]) map.delete(key);
  }

  /** The node of an entity, where it stood and where it stands now, up to the root. */
  #touchedBy(id: string): string[] {
    const kind = kindOfId(id);
    if (!kind || !this.#model.shows(kind)) return [];
    const keys = [root];
    for (let key = this.#nodes.has(id) ? id : undefined; key; key = this.#parents.get(key)) keys.push(key);
    for (let node = this.#placeNow({ type: 'entity', key: id, kind, id }); node; node = this.#placeNow(node)) {
      keys.push(node.key);
    }
    return keys;
  }

  #placeNow(node: TreeNode): TreeNode | undefined {
    if (node.type !== 'entity') return this.#model.parentOfGroup(node);
    const entity = this.#tracker.get(node.kind, node.id);
    return entity && this.#model.parentOf(node.kind, entity);
  }

  #isDirty(key: string): boolean {
    const node = this.#nodes.get(key);
    if (!node && key !== root) return false;
    if (node && this.#looks.has(key) && this.#looks.get(key) !== this.#look(node)) return true;
    const listed = this.#children.get(key);
    if (!listed) return false;
    const now = this.#childrenOf(node).map(signatureOfPlace);
    return now.length !== listed.length || now.some((place, index) => place !== listed[index]);
  }

  #hasAncestorIn(key: string, keys: ReadonlySet<string>): boolean {
    for (let parent = this.#parents.get(key); parent; parent = this.#parents.get(parent)) {
      if (keys.has(parent)) return true;
    }
    return false;
  }
}

/** A "more" node is another one when it hides another number. */
function signatureOfPlace(node: TreeNode): string {
  return node.type === 'more' ? `${node.key}\n${node.hidden}` : node.key;
}

function keyOfPlace(place: string): string {
  return place.split('\n', 1)[0] ?? place;
}
