/**
 * The connection that stands by, as a pure state machine: inputs and the time go in, the next state
 * and the things to do come out. No socket, no timer, no clock lives here.
 *
 *     posts ─▶ waiting ─▶ connecting ─▶ greeting ─▶ warm ─▶ taken: it is the one we work on now
 *                 ▲           │             │         │
 *                 └───────────┴── lost ─────┴─────────┘   the next post, after a pause
 *
 * It stands at the first of our other posts that answers, and calls those that are preferred to it
 * again: after 10 s, 20, 40 … 320.
 */

import { openingMs, SILENCE_MS } from './link'
import type { Post, ServerMessage } from './protocol'

export type StandInPhase = 'none' | 'waiting' | 'connecting' | 'greeting' | 'warm'

export interface StandIn {
  readonly phase: StandInPhase
  /** Where else this page may be served, in the order of preference. */
  readonly others: readonly Post[]
  /** Which of them it stands at, or calls next. */
  readonly place: number
  /** Calls in a row that led nowhere. */
  readonly failures: number
  /** When to call a post that is preferred; null: it stands at the first. */
  readonly betterMs: number | null
  /** How often it has looked for a better one. */
  readonly searches: number
  /** When to act if nothing comes, in ms of the caller's clock. */
  readonly dueMs: number | null
}

export type StandInInput =
  | { type: 'posts'; here: string; posts: readonly Post[] }
  | { type: 'opened' }
  | { type: 'closed' }
  | { type: 'message'; message: ServerMessage }
  | { type: 'media_connected' }
  | { type: 'media_failed' }
  | { type: 'tick' }
  /** What we say of ourselves has changed. */
  | { type: 'greet_anew' }
  /** It was given away. */
  | { type: 'taken' }
  /** Nothing is to stand by any more. */
  | { type: 'rest' }

export type StandInAction = 'open' | 'close' | 'warm'

export interface StandInStep {
  readonly standIn: StandIn
  readonly actions: readonly StandInAction[]
}

/** Whoever has just come, or just changed over, comes with many others: their media go first. */
export const SETTLE_MS = 1000
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 10_000
/** A process that was lost is back within seconds; each search is a moment without a stand-in. */
export const BETTER_MS = 10_000
const MOST_DOUBLINGS = 5

export const noStandIn: StandIn = {
  phase: 'none',
  others: [],
  place: 0,
  failures: 0,
  betterMs: null,
  searches: 0,
  dueMs: null,
}

/** Where it stands, or calls next; null: there is nowhere else to go. */
export function postOf({ others, place }: StandIn): Post | null {
  return others[place] ?? null
}

/** The pause before the next call, after so many that led nowhere: longer after each round. */
export function pauseMs(failures: number, others: number): number {
  const rounds = Math.floor(Math.max(0, failures - 1) / Math.max(1, others))
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(rounds, 10), LONGEST_PAUSE_MS)
}

/** Until when a call may take: longer after each round, for a machine that is slow for a while. */
function patience({ failures, others }: StandIn, nowMs: number): number {
  return nowMs + openingMs(Math.floor(failures / Math.max(1, others.length)))
}

/** The next state of `standIn` and what the caller must do now. */
export function stepStandIn(standIn: StandIn, input: StandInInput, nowMs: number): StandInStep {
  switch (input.type) {
    case 'posts':
      return posts(standIn, input.here, input.posts, nowMs)
    case 'opened':
      if (standIn.phase !== 'connecting') return stay(standIn)
      return { standIn: { ...standIn, phase: 'greeting', dueMs: patience(standIn, nowMs) }, actions: ['warm'] }
    case 'closed':
    case 'media_failed':
      return isOpen(standIn) ? lose(standIn, nowMs) : stay(standIn)
    case 'message':
      return message(standIn, input.message, nowMs)
    case 'media_connected':
      if (standIn.phase !== 'greeting') return stay(standIn)
      return stay(settled({ ...standIn, phase: 'warm', failures: 0, dueMs: nowMs + SILENCE_MS }, nowMs))
    case 'tick':
      return tick(standIn, nowMs)
    case 'greet_anew':
      return isOpen(standIn) ? anew(standIn, nowMs) : stay(standIn)
    case 'taken':
      return stay(noStandIn)
    case 'rest':
      return { standIn: noStandIn, actions: isOpen(standIn) ? ['close'] : [] }
  }
}

function stay(standIn: StandIn): StandInStep {
  return { standIn, actions: [] }
}

/** Where the first choice stays what it is, what stands stays; else it begins anew. */
function posts(standIn: StandIn, here: string, all: readonly Post[], nowMs: number): StandInStep {
  const others = all.filter(({ mcu }) => mcu !== here)
  if (isSame(others, standIn.others)) return stay(standIn)
  if (isOpen(standIn) && isSame(others.slice(0, 1), standIn.others.slice(0, 1)) && standIn.place === 0) {
    return stay({ ...standIn, others })
  }
  return anew({ ...standIn, others }, nowMs)
}

function anew(standIn: StandIn, nowMs: number): StandInStep {
  const { others } = standIn
  const next: StandIn =
    others.length === 0 ? noStandIn : { ...noStandIn, others, phase: 'waiting', dueMs: nowMs + SETTLE_MS }
  return { standIn: next, actions: isOpen(standIn) ? ['close'] : [] }
}

function settled(standIn: StandIn, nowMs: number): StandIn {
  if (standIn.place === 0) return { ...standIn, betterMs: null, searches: 0 }
  return { ...standIn, betterMs: nowMs + BETTER_MS * 2 ** Math.min(standIn.searches, MOST_DOUBLINGS) }
}

function message(standIn: StandIn, { type }: ServerMessage, nowMs: number): StandInStep {
  if (!isOpen(standIn)) return stay(standIn)
  switch (type) {
    case 'error':
    case 'occupied':
    case 'ended':
    case 'move':
    case 'removed':
    case 'replaced':
      return lose(standIn, nowMs)
    default:
      // While it is being made its time is over at last, whatever is said.
      return standIn.phase === 'warm' ? beaten(standIn, nowMs) : stay(standIn)
  }
}

/** It lives; once in a while it is left for one that is preferred. */
function beaten(standIn: StandIn, nowMs: number): StandInStep {
  if (standIn.betterMs === null || nowMs < standIn.betterMs) {
    return stay({ ...standIn, dueMs: nowMs + SILENCE_MS })
  }
  const searches = standIn.searches + 1
  const next: StandIn = { ...standIn, phase: 'connecting', place: 0, searches, dueMs: patience(standIn, nowMs) }
  return { standIn: next, actions: ['close', 'open'] }
}

function tick(standIn: StandIn, nowMs: number): StandInStep {
  if (standIn.dueMs === null || nowMs < standIn.dueMs) return stay(standIn)
  if (standIn.phase !== 'waiting') return lose(standIn, nowMs)
  return { standIn: { ...standIn, phase: 'connecting', dueMs: patience(standIn, nowMs) }, actions: ['open'] }
}

function lose(standIn: StandIn, nowMs: number): StandInStep {
  const { others, place } = standIn
  const failures = standIn.failures + 1
  const next: StandIn = {
    ...standIn,
    phase: 'waiting',
    place: (place + 1) % Math.max(1, others.length),
    failures,
    dueMs: nowMs + pauseMs(failures, others.length),
  }
  return { standIn: next, actions: ['close'] }
}

function isOpen({ phase }: StandIn): boolean {
  return phase === 'connecting' || phase === 'greeting' || phase === 'warm'
}

function isSame(some: readonly Post[], others: readonly Post[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ mcu, url }, n) => mcu === others[n]?.mcu && url === others[n]?.url)
  )
}
