/** -60 dBov is a quiet room, 0 the loudest there is. */
const QUIETEST_DBOV = -60

/** A level as a share of the bar, 0 to 1; nothing measured is nothing shown. */
export function loudness(dbov: number | null): number {
  return dbov === null ? 0 : Math.max(0, Math.min(1, 1 - dbov / QUIETEST_DBOV))
}
