/** What a worker said about one task. */
interface Story {
  acknowledged: string | undefined;
  /** What it was trying when it last spoke: may be true or not. */
  tried: string | undefined;
}

/** Remembers what every worker reported as done, and finds what is missing. */
export class ClaimLedger {
  readonly #stories = new Map<string, Story>();
  #acknowledged = 0;

  get acknowledged(): number {
    return this.#acknowledged;
  }
  get tasks(): number {
    return this.#stories.size;
  }

  /** Takes a worker's whole output; a last line without its end was not said. */
  read(output: string): void {
    for (const line of output.split('\n').slice(0, -1)) {
      const [what, json = ''] = [line.slice(0, 3), line.slice(4)];
      if (what !== 'try' && what !== 'ack') continue;
      const { id, ...claim } = JSON.parse(json) as { id: string };
      const story = this.#stories.get(id) ?? { acknowledged: undefined, tried: undefined };
      this.#stories.set(id, story);
      if (what === 'try') story.tried = JSON.stringify(claim);
      if (what !== 'ack') continue;
      this.#acknowledged++;
      story.acknowledged = JSON.stringify(claim);
      story.tried = undefined;
    }
  }

  /** Ids of tasks that are not as they were last acknowledged (or as they were about to become). */
  lost(find: (id: string) => { readonly title: string; readonly status: string } | undefined): string[] {
    return [...this.#stories].flatMap(([id, story]) => {
      const task = find(id);
      const seen = task && JSON.stringify({ title: task.title, status: task.status });
      const isThere = seen !== undefined && (seen === story.acknowledged || isOnTheWay(task, story));
      return isThere ? [] : [id];
    });
  }
}

/** Completing is a group: it is there whole or not at all, so only its end counts. */
function isOnTheWay(task: { readonly title: string; readonly status: string } | undefined, story: Story): boolean {
  return task !== undefined && JSON.stringify({ title: task.title, status: task.status }) === story.tried;
}
