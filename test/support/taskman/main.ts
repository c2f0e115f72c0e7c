import { parseArgs } from 'node:util';
import { startTaskman } from './taskman.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '3001' }, database: { type: 'string', default: 'sqlite' } },
});
const { database } = values;
if (database !== 'sqlite' && database !== 'postgres') {
  throw new Error(`--database is sqlite or postgres, not ${database}`);
}
const taskman = await startTaskman({ database, port: Number(values.port) });
console.log(`TaskMan-v2 emulator (${database}) on ${taskman.origin}`);
process.once('SIGINT', () => void taskman.stop());
