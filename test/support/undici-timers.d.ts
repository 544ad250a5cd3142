// undici's own clock, which its types leave out.
declare module 'undici/lib/util/timers.js' {
  /** Puts the clock forward by so many ms and runs what is due. */
  export function tick(delayMs?: number): void
}
