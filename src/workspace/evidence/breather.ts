const sliceMs = 10;

/** Lets other work in between whenever a slice of time is used up: the extension host must never be blocked for long. */
export class Breather {
  #since = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#since < sliceMs) return;
    await nextTurn();
    this.#since = performance.now();
  }
}

/** Resolves in a turn of its own, when everything that was already settled has been heard of. */
export function nextTurn(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}
