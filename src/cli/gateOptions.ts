import type { Command } from 'commander';
import { blockedGates } from '../app/gates.ts';
import type { WriteOptions } from '../app/trackerService.ts';
import { DtmError } from '../core/errors.ts';
import { type AdjustableGate, adjustableGates, type GateOverrides, isAdjustableGate } from '../core/gates/settings.ts';
import { collect } from './fieldOptions.ts';

/** What a writing command is told beside the fields. */
export interface ReasonOptions {
  readonly reason?: string;
  readonly override?: readonly string[];
}

/** Declares how a person goes on although a quality gate objects. */
export function addOverrideOption(command: Command): Command {
  const about = `go on although this quality gate objects, and why, kept as evidence (${adjustableGates.join(', ')})`;
  return command.option('--override <gate=reason>', about, collect);
}

/** @throws DtmError `usage` naming what is wrong with an override */
export function writeOptions({ reason, override = [] }: ReasonOptions): WriteOptions {
  const overrides: GateOverrides = Object.fromEntries(override.map(overrideFrom));
  return { reason, override: overrides };
}

/** The same error with the option that lets the command through, if it is about a gate. */
export function withOverrideHint(error: DtmError): DtmError {
  const gates = blockedGates(error);
  if (gates.length === 0) return error;
  const { code, message, cause, details } = error;
  const options = gates.map(({ gate }) => `--override ${gate}="WHY"`).join(' ');
  return new DtmError(code, message, { cause, details, hint: `Change that, or go on all the same with: ${options}` });
}

function overrideFrom(text: string): [AdjustableGate, string] {
  const [name = '', ...rest] = text.split('=');
  const reason = rest.join('=').trim();
  if (!isAdjustableGate(name)) {
    throw new DtmError('usage', `there is no gate ${name} to override`, {
      hint: `Gates: ${adjustableGates.join(', ')}.`,
    });
  }
  if (reason !== '') return [name, reason];
  throw new DtmError('usage', `the reason to override ${name} is missing`, {
    hint: `Say why: --override ${name}="WHY"`,
  });
}
