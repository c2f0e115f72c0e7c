import { DtmError } from '../core/errors.ts';
import {
  type AdjustableGate,
  adjustableGates,
  defaultGateSettings,
  type GateMode,
  type GateSettings,
  gateModes,
  isAdjustableGate,
} from '../core/gates/settings.ts';
import type { Surroundings } from '../core/stateHome.ts';

const mostInProgress = 'most-in-progress';
const example = `DTM_GATES="duplicate-title=block,wip-limit=off,${mostInProgress}=3"`;

/** The settings of `DTM_GATES`: `gate=off|warn|block`, separated by commas. @throws DtmError `configuration` */
export function gateSettings(env: Surroundings['env']): GateSettings {
  const modes = { ...defaultGateSettings.modes };
  let { wipLimit } = defaultGateSettings;
  for (const part of (env.DTM_GATES ?? '').split(',').map((text) => text.trim())) {
    if (part === '') continue;
    const [name = '', value = ''] = part.split('=').map((text) => text.trim());
    if (name === mostInProgress) wipLimit = limitFrom(value);
    else modes[gateNamed(name)] = modeFrom(name, value);
  }
  return { modes, wipLimit };
}

function gateNamed(name: string): AdjustableGate {
  if (isAdjustableGate(name)) return name;
  const isFixed = Object.hasOwn(defaultGateSettings.modes, name);
  throw new DtmError('configuration', `DTM_GATES: ${isFixed ? `${name} cannot be set` : `there is no gate ${name}`}`, {
    hint: `It sets ${adjustableGates.join(', ')} and ${mostInProgress}, as in ${example}.`,
  });
}

function modeFrom(gate: string, value: string): GateMode {
  const mode = gateModes.find((one) => one === value);
  if (mode) return mode;
  throw new DtmError('configuration', `DTM_GATES: ${gate} is neither ${gateModes.join(' nor ')}: ${value}`, {
    hint: `Write it as in ${example}.`,
  });
}

function limitFrom(value: string): number {
  if (/^\d{1,4}$/.test(value)) return Number(value);
  throw new DtmError('configuration', `DTM_GATES: ${mostInProgress} is not a number of tasks: ${value}`, {
    hint: 'Set it to a number up to 9999; 0 means any number.',
  });
}
