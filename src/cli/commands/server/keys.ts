import type { Command } from 'commander';
import type { Invocation } from '../../invocation.ts';
import { perform, type Runtime } from '../../perform.ts';
import { addPlaceOptions, fromDatabase, type PlaceOptions, placeOf } from './place.ts';

export function buildKeys(noun: Command, runtime: Runtime): void {
  const rotate = noun
    .command('rotate-keys')
    .description('sign access tokens with a new key, also while the server runs; nobody is signed out');
  perform<PlaceOptions>(addPlaceOptions(rotate), runtime, rotateKeys);
}

async function rotateKeys(call: Invocation, options: PlaceOptions): Promise<void> {
  const { rotateServerKeys } = await import('../../../server/admin/keys.ts');
  const valid = await rotateServerKeys(await placeOf(call, options));
  const [current = '', previous] = valid;
  const before = previous === undefined ? '' : `, and ${previous}, the one before it, is still valid`;
  const text = `the key ${current} signs from now on${before}; a server that runs takes it within 5 seconds`;
  const fields = { signs: current, valid };
  await call.output.item({ kind: 'keys', id: current, fields, text }, fromDatabase);
}
