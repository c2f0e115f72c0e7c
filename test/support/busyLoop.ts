/** Loaded before a server (`--import`): keeps its event loop busy for two seconds at a time, as too much work would. */
const busyMs = 2_000;
setInterval(() => {
  const end = performance.now() + busyMs;
  while (performance.now() < end);
}, 50).unref();
