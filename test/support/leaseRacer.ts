// A process that tries to take a lease: `leaseRacer.ts FOLDER`. It prints `held NUMBER` or `free`, and holds it
// until it is told to end on its standard input.
import { once } from 'node:events';
import { LeaseKeeper } from '../../src/workspace/lease.ts';
import { ownIdentity } from '../../src/workspace/processIdentity.ts';

const [folder = ''] = process.argv.slice(2);
const clock = { now: () => new Date().toISOString(), monotonic: () => performance.now() };
const keeper = new LeaseKeeper(folder, await ownIdentity(), clock);
console.log('ready');
await once(process.stdin, 'data');
const lease = await keeper.tryAcquire();
console.log(lease ? `held ${lease.number}` : 'refused');
await once(process.stdin, 'data');
console.log(`still ${await lease?.isHeld()}`);
await lease?.release();
process.exit(0);
