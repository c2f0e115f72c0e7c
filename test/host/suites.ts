import { smokeSuite } from './smoke.host.ts';

/** Every suite that runs inside the extension host, in this order. */
export const suites: readonly (() => void)[] = [smokeSuite];
