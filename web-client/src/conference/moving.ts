/**
 * A page that is sent to a branch of its meeting, and comes back. Pure: what the connections say
 * goes in, which of them there are and which one is shown comes out.
 *
 *     home ─ move ─▶ home, branch ─ branch is live ─▶ branch ─ over ─▶ branch, home ─ live ─▶ home
 *
 * The page is in the new place before it lets go of the old one; where a person looks in between is
 * the old one.
 */

import type { Move } from '../signalling/protocol'

export interface Spot {
  readonly key: number
  /** The branch; null: home, where the page's own link leads. */
  readonly move: Move | null
}

export interface Moving {
  readonly spots: readonly Spot[]
  /** The key of the spot that is shown. */
  readonly shown: number
}

export type MovingInput =
  /** A connection was told that this page belongs elsewhere. */
  | { type: 'move'; key: number; move: Move }
  /** Its picture and sound are here. */
  | { type: 'live'; key: number }
  /** The branch is over, or has not been there for a while. */
  | { type: 'over'; key: number }

export const atHome: Moving = { spots: [{ key: 0, move: null }], shown: 0 }

/** A branch that is not live for so long is asked for at home again. */
export const GONE_MS = 8000

export function stepMoving(now: Moving, input: MovingInput): Moving {
  const from = now.spots.find(({ key }) => key === input.key)
  if (from === undefined) return now
  switch (input.type) {
    case 'move':
      return from.move === null ? sent(now, input.move) : now
    case 'live':
      return { spots: [from], shown: from.key }
    case 'over':
      return from.move === null ? now : sentHome(now, from)
  }
}

/** Home knows where the page belongs; a branch that was given up is tried anew. */
function sent(now: Moving, move: Move): Moving {
  const there = now.spots.find((spot) => spot.move?.conference === move.conference)
  if (there && there.key !== now.shown) return now
  const home = now.spots.filter((spot) => spot.move === null)
  const shown = now.spots.filter(({ key }) => key === now.shown && !home.some((spot) => spot.key === key))
  return { spots: [...shown, ...home, { key: nextKey(now), move }], shown: now.shown }
}

function sentHome(now: Moving, branch: Spot): Moving {
  const key = nextKey(now)
  const seen = branch.key === now.shown
  return {
    spots: [...(seen ? [branch] : []), { key, move: null }],
    shown: seen ? branch.key : key,
  }
}

function nextKey({ spots }: Moving): number {
  return Math.max(...spots.map(({ key }) => key)) + 1
}
