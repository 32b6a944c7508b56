/** What a room does about the emergency meetings that it is called to. Pure. */

export type EmergencyPolicy = 'ask' | 'itself' | 'move'

/** A call as an MCU's front tells it. */
export interface Ring {
  conference: string
  /** The origin of the MCU that runs it. */
  url: string
  title: string
  caller: string
  /** One more each time the same rooms are called again. */
  round: number
  at_ms: number
  policy: EmergencyPolicy
}

export interface RoomNow {
  /** The meeting that the page is in; null: in none. */
  meeting: string | null
  /** Calls that somebody here has put aside, each with its round. */
  aside: ReadonlySet<string>
}

export interface Answer {
  ring: Ring
  /** The room goes in without being asked. */
  byItself: boolean
}

/** A call that was put aside rings anew when it is called again. */
export function roundOf(ring: Ring): string {
  return `${ring.conference}#${ring.round}`
}

/** The newest call that wants an answer now; null: none does. */
export function answerTo(rings: Iterable<Ring>, room: RoomNow): Answer | null {
  const open = [...rings].filter((ring) => ring.conference !== room.meeting && !room.aside.has(roundOf(ring)))
  const newest = open.sort((one, other) => other.at_ms - one.at_ms)[0]
  if (newest === undefined) return null
  const byItself = newest.policy === 'move' || (newest.policy === 'itself' && room.meeting === null)
  return { ring: newest, byItself }
}

/** The calls that go on without this room: it said no, or stays where it is. */
export function passedOver(rings: Iterable<Ring>, room: RoomNow): Ring[] {
  return [...rings].filter((ring) => ring.conference !== room.meeting && room.aside.has(roundOf(ring)))
}
