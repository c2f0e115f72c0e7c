import picocolors from 'picocolors';

/** The colours that the output uses; each is the identity where colours are off. */
export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
>;

export function colorsFor(enabled: boolean): Colors {
  return picocolors.createColors(enabled);
}

/** A status in the colour of what it means: finished, in the works, stopped. */
export function colorStatus(status: string, colors: Colors): string {
  const word = status.trim();
  if (['done', 'completed', 'closed'].includes(word)) return colors.green(status);
  if (['active', 'in_progress', 'review'].includes(word)) return colors.cyan(status);
  if (['blocked', 'paused', 'pending'].includes(word)) return colors.yellow(status);
  return ['dropped', 'cancelled'].includes(word) ? colors.dim(status) : status;
}
