/**
 * Loaded before a program (`--import`): root may write everywhere, so the program goes on as somebody who may not.
 */
const nobody = 65_534;

if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}
