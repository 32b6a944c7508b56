/**
 * The life of the signalling connection as a pure state machine: inputs and the time go in, the
 * next state and the things to do come out. No socket, no timer, no clock lives here.
 *
 *     idle ─▶ connecting ─▶ greeting ─▶ joined ──┐ lost: 3 s without a word, closed, media failed
 *                 ▲                       ▲      ├──────── another connection stands by
 *                 │                       │      ▼                  ▼
 *                 │                       └── welcome ────────── changing
 *                 │                              │                  │ no welcome
 *                 └───────────── waiting 100, 200, 400 … 2000 ms ◀──┘
 *
 * A person must decide to leave one of: occupied, replaced, ended, refused, left. Who has moved is
 * called elsewhere, and comes back as a new connection.
 */

import { CLOSE_ENDED, CLOSE_MOVED, CLOSE_REMOVED, CLOSE_REPLACED, FINAL_REFUSALS, type ServerMessage } from './protocol'

export type Phase =
  | 'idle'
  | 'connecting'
  | 'greeting'
  | 'joined'
  | 'changing'
  | 'waiting'
  | 'occupied'
  | 'replaced'
  | 'ended'
  | 'moved'
  | 'refused'
  | 'left'

export interface Link {
  readonly phase: Phase
  /** Lost connections in a row; 0 again once media flows. */
  readonly attempt: number
  /** Openings in a row that took too long; 0 again once one led in. */
  readonly slow: number
  /** When to act if nothing comes, in ms of the caller's clock. */
  readonly dueMs: number | null
  /** The next `hello` asks for the seat. */
  readonly takeover: boolean
  /** The last error code that bears on the connection. */
  readonly refusal: string | null
  /** The other device, from `occupied` and `replaced`. */
  readonly otherAgent: string | null
}

export type LinkInput =
  | { type: 'start' }
  | { type: 'opened' }
  | { type: 'closed'; code: number }
  | { type: 'message'; message: ServerMessage }
  | { type: 'tick' }
  | { type: 'media_connected' }
  | { type: 'media_failed' }
  /** Neither a beat nor a packet has come for too long. */
  | { type: 'silent' }
  /** What serves us serves an old root. */
  | { type: 'astray' }
  /** What we said of ourselves has changed. */
  | { type: 'greet_anew' }
  | { type: 'take_over' }
  | { type: 'leave' }

export type LinkAction = 'open' | 'close' | 'hello' | 'leave' | 'change_over'

/** What a step needs to know beside the link itself. */
export interface Around {
  readonly ownAgent: string
  /** Another connection stands by, which needs only to be told. */
  readonly standsBy: boolean
}

const ALONE: Around = { ownAgent: '', standsBy: false }

export interface Step {
  readonly link: Link
  readonly actions: readonly LinkAction[]
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2000
/** The MCU beats several times a second; three silent seconds are a lost line. */
export const SILENCE_MS = 3000
/** A socket that does not open, or an MCU that does not answer `hello`, is given up after this. */
export const OPENING_MS = 4000
/** On a machine that is slow for a while the same haste would give up every time. */
const LONGEST_OPENING_MS = 16_000
/** A follower that does not reign yet keeps a greeting for two seconds before it declines. */
export const CHANGING_MS = 2200
/** An MCU that is full or not ready is not asked again sooner. */
const RETRY_REFUSED_MS = 2000

export const idleLink: Link = {
  phase: 'idle',
  attempt: 0,
  slow: 0,
  dueMs: null,
  takeover: false,
  refusal: null,
  otherAgent: null,
}

/** The wait before the n-th new try, n from 0: 100, 200, 400 … 2000 ms. */
export function waitMs(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS)
}

/** How long an opening may take after n that took too long, n from 0: 4, 8, 16, 16 … s. */
export function openingMs(slow: number): number {
  return Math.min(OPENING_MS * 2 ** Math.min(slow, 10), LONGEST_OPENING_MS)
}

/** The next state of `link` and what the caller must do now. */
export function step(link: Link, input: LinkInput, nowMs: number, around: Around = ALONE): Step {
  switch (input.type) {
    case 'start':
      return start(link, nowMs)
    case 'opened':
      return opened(link, nowMs)
    case 'closed':
      return closed(link, input.code, nowMs, around)
    case 'message':
      return message(link, input.message, nowMs, around)
    case 'tick':
      return tick(link, nowMs, around)
    case 'media_connected':
      return { link: { ...link, attempt: 0 }, actions: [] }
    case 'media_failed':
    case 'astray':
      return link.phase === 'joined' ? part(link, nowMs, around) : stay(link)
    case 'silent':
      return link.phase === 'joined' && around.standsBy ? part(link, nowMs, around) : stay(link)
    case 'greet_anew':
      return link.phase === 'joined' ? lose(link, nowMs) : stay(link)
    case 'take_over':
      return open({ ...link, takeover: true, otherAgent: null, attempt: 0 }, nowMs)
    case 'leave':
      return leave(link)
  }
}

function stay(link: Link): Step {
  return { link, actions: [] }
}

function open(link: Link, nowMs: number): Step {
  const next: Link = { ...link, phase: 'connecting', dueMs: nowMs + openingMs(link.slow) }
  return { link: next, actions: ['open'] }
}

function start(link: Link, nowMs: number): Step {
  if (isLive(link)) return stay(link)
  return open({ ...idleLink, takeover: link.takeover }, nowMs)
}

function opened(link: Link, nowMs: number): Step {
  if (link.phase !== 'connecting') return stay(link)
  return {
    link: { ...link, phase: 'greeting', dueMs: nowMs + openingMs(link.slow) },
    actions: ['hello'],
  }
}

function closed(link: Link, code: number, nowMs: number, around: Around): Step {
  if (code === CLOSE_REPLACED) return rest(link, 'replaced')
  if (code === CLOSE_ENDED) return rest(link, 'ended')
  if (code === CLOSE_MOVED) return rest(link, 'moved')
  if (code === CLOSE_REMOVED && isLive(link)) return rest({ ...link, refusal: 'removed' }, 'refused')
  if (link.phase === 'joined') return part(link, nowMs, around)
  return isLive(link) ? wait(link, nowMs) : stay(link)
}

function tick(link: Link, nowMs: number, around: Around): Step {
  if (link.dueMs === null || nowMs < link.dueMs) return stay(link)
  if (link.phase === 'waiting' && !around.standsBy) return open(link, nowMs)
  if (link.phase === 'waiting' || link.phase === 'joined') return part(link, nowMs, around)
  return lose(link.phase === 'changing' ? link : { ...link, slow: link.slow + 1 }, nowMs)
}

function leave(link: Link): Step {
  const actions: LinkAction[] = isIn(link.phase) ? ['leave', 'close'] : ['close']
  return { link: { ...idleLink, phase: 'left' }, actions }
}

function message(link: Link, heard: ServerMessage, nowMs: number, { ownAgent }: Around): Step {
  if (!isLive(link)) return stay(link)
  switch (heard.type) {
    case 'welcome':
      return stay({
        ...link,
        phase: 'joined',
        slow: 0,
        takeover: false,
        refusal: null,
        dueMs: nowMs + SILENCE_MS,
      })
    case 'occupied':
      return occupied(link, heard.agent, nowMs, ownAgent)
    case 'replaced':
      return rest({ ...link, otherAgent: heard.agent }, 'replaced')
    case 'ended':
      return rest(link, 'ended')
    case 'move':
      // Told while it is in: it stays until it is there.
      return link.phase === 'joined' ? stay({ ...link, dueMs: nowMs + SILENCE_MS }) : rest(link, 'moved')
    case 'removed':
      return rest({ ...link, refusal: heard.code }, 'refused')
    case 'error':
      return refused(link, heard.code, nowMs)
    default:
      return link.phase === 'joined' ? stay({ ...link, dueMs: nowMs + SILENCE_MS }) : stay(link)
  }
}

/** Our own earlier connection, which the MCU has not missed yet, is no other device. */
function occupied(link: Link, agent: string, nowMs: number, ownAgent: string): Step {
  if (ownAgent !== '' && agent === ownAgent && !link.takeover) {
    const again = open({ ...link, takeover: true }, nowMs)
    return { link: again.link, actions: ['close', ...again.actions] }
  }
  return rest({ ...link, otherAgent: agent }, 'occupied')
}

function refused(link: Link, code: string, nowMs: number): Step {
  if (code === 'ended') return rest(link, 'ended')
  if (FINAL_REFUSALS.has(code)) return rest({ ...link, refusal: code }, 'refused')
  if (link.phase === 'joined') return stay({ ...link, dueMs: nowMs + SILENCE_MS })
  if (link.phase === 'changing') return lose({ ...link, refusal: code }, nowMs)
  const attempt = link.attempt + 1
  const next: Link = { ...link, refusal: code, phase: 'waiting', attempt, dueMs: nowMs + RETRY_REFUSED_MS }
  return { link: next, actions: ['close'] }
}

/** Leave this MCU: for the one that stands by, else to come back. */
function part(link: Link, nowMs: number, { standsBy }: Around): Step {
  if (!standsBy) return lose(link, nowMs)
  return { link: { ...link, phase: 'changing', dueMs: nowMs + CHANGING_MS }, actions: ['change_over'] }
}

/** Stop and wait for a person. */
function rest(link: Link, phase: Phase): Step {
  return { link: { ...link, phase, dueMs: null, takeover: false }, actions: ['close'] }
}

function wait(link: Link, nowMs: number): Step {
  const next: Link = {
    ...link,
    phase: 'waiting',
    attempt: link.attempt + 1,
    dueMs: nowMs + waitMs(link.attempt),
  }
  return { link: next, actions: [] }
}

function lose(link: Link, nowMs: number): Step {
  return { link: wait(link, nowMs).link, actions: ['close'] }
}

function isLive({ phase }: Link): boolean {
  return phase === 'connecting' || phase === 'greeting' || isIn(phase)
}

/** The page has its seat, or is on its way from one MCU that gave it to another that will. */
export function isIn(phase: Phase): boolean {
  return phase === 'joined' || phase === 'changing'
}
