/** When a meeting is rehearsed, unless somebody chooses otherwise. */

const QUARTER_MIN = 15

/**
 * The day before at the same hour; where that is over, the next quarter of an hour that leaves time
 * to approve it.
 *
 * @param starts local time of the meeting, "2024-01-25T08:00:00"
 * @param now the reader's clock
 */
export function beforehand(starts: string | null, now: Date): { day: string; time: string } {
  const when = starts === null ? null : new Date(starts)
  when?.setDate(when.getDate() - 1)
  if (when !== null && when > now) return written(when)
  const soon = new Date(now.getTime() + QUARTER_MIN * 60_000)
  soon.setMinutes(Math.ceil(soon.getMinutes() / QUARTER_MIN) * QUARTER_MIN, 0, 0)
  return written(soon)
}

function written(at: Date): { day: string; time: string } {
  const two = (number: number) => String(number).padStart(2, '0')
  return {
    day: `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  }
}
