// Preloaded with --import: says on stderr which native modules a process loads.
const { dlopen } = process;
process.dlopen = (...args) => {
  process.stderr.write(`native module: ${args[1]}\n`);
  return dlopen.apply(process, args);
};
