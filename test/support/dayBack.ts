/**
 * Loaded before a program (`--import`): on SIGUSR2 its wall clock goes back a day, as when somebody sets the clock of
 * the machine; steady clocks and timers go on. It prints `clk` and the new time.
 */
const RealDate = Date;
const dayMs = 24 * 60 * 60 * 1_000;
let behindMs = 0;

class ShiftedDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    super(...((given.length === 0 ? [ShiftedDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() - behindMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
process.on('SIGUSR2', () => {
  behindMs += dayMs;
  console.log(`clk ${JSON.stringify({ now: new Date().toISOString() })}`);
});
