/** Loaded before a server (`--import`): keeps its event loop busy for more than a second at a time, as too much work would. */
const busyMs = 1_300;
setInterval(() => {
  const end = performance.now() + busyMs;
  while (performance.now() < end);
}, 50).unref();
