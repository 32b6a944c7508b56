import { describe, expect, it } from 'vitest'

import { OPENING_MS, SILENCE_MS } from '../src/signalling/link'
import type { Post, ServerMessage } from '../src/signalling/protocol'
import {
  BETTER_MS,
  noStandIn,
  pauseMs,
  postOf,
  SETTLE_MS,
  stepStandIn,
  type StandIn,
  type StandInInput,
} from '../src/signalling/standin'

const HOME: Post = { mcu: 'huyen-1', url: 'https://mot' }
const BACKUP: Post = { mcu: 'huyen-2', url: 'https://hai' }
const ROOT: Post = { mcu: 'tinh', url: 'https://tinh' }
const POSTS = [HOME, BACKUP, ROOT]

function play(standIn: StandIn, ...inputs: [StandInInput, number][]) {
  const actions: string[] = []
  for (const [input, atMs] of inputs) {
    const step = stepStandIn(standIn, input, atMs)
    standIn = step.standIn
    actions.push(...step.actions)
  }
  return { standIn, actions }
}

function said(type: string): StandInInput {
  return { type: 'message', message: { type } as ServerMessage }
}

/** Told of its posts at 0, standing by at 1100. */
function warm(here = HOME.mcu, posts: Post[] = POSTS) {
  return play(
    noStandIn,
    [{ type: 'posts', here, posts }, 0],
    [{ type: 'tick' }, SETTLE_MS],
    [{ type: 'opened' }, 1010],
    [said('offer'), 1020],
    [{ type: 'media_connected' }, 1100],
  )
}

describe('the connection that stands by', () => {
  it('stands at the first post that is not the one that serves', () => {
    const { standIn, actions } = warm()
    expect(actions).toEqual(['open', 'warm'])
    expect(standIn.phase).toBe('warm')
    expect(postOf(standIn)).toEqual(BACKUP)
    expect(postOf(warm(BACKUP.mcu).standIn)).toEqual(HOME)
  })

  it('lets the media of those who come go first', () => {
    const told = play(noStandIn, [{ type: 'posts', here: HOME.mcu, posts: POSTS }, 0], [{ type: 'tick' }, SETTLE_MS - 1])
    expect(told).toMatchObject({ standIn: { phase: 'waiting' }, actions: [] })
  })

  it('has nowhere to stand where there is one post only', () => {
    const alone = play(noStandIn, [{ type: 'posts', here: HOME.mcu, posts: [HOME] }, 0])
    expect(alone).toEqual({ standIn: noStandIn, actions: [] })
  })

  it('calls the next post when one does not answer, and comes round again', () => {
    let { standIn } = play(noStandIn, [{ type: 'posts', here: HOME.mcu, posts: POSTS }, 0], [{ type: 'tick' }, 1000])
    const refused = play(standIn, [{ type: 'closed' }, 1001], [{ type: 'tick' }, 2001])
    expect(refused.actions).toEqual(['close', 'open'])
    expect(postOf(refused.standIn)).toEqual(ROOT)
    standIn = play(refused.standIn, [{ type: 'tick' }, 2001 + OPENING_MS]).standIn
    expect(postOf(standIn)).toEqual(BACKUP)
    expect(standIn.phase).toBe('waiting')
  })

  it('pauses longer after each round, and never more than 10 s', () => {
    expect([1, 2, 3, 4, 5, 7, 9, 99].map((n) => pauseMs(n, 2))).toEqual([1000, 1000, 2000, 2000, 4000, 8000, 10_000, 10_000])
  })

  it.each(['error', 'occupied', 'ended', 'move', 'removed'])('is lost by `%s`', (type) => {
    const lost = play(warm().standIn, [said(type), 1500])
    expect(lost).toMatchObject({ standIn: { phase: 'waiting', place: 1 }, actions: ['close'] })
  })

  it('is lost with its socket, with its media, and after three silent seconds', () => {
    const { standIn } = warm()
    for (const type of ['closed', 'media_failed'] as const) {
      expect(play(standIn, [{ type }, 1500]).standIn).toMatchObject({ phase: 'waiting', dueMs: 2500 })
    }
    const kept = play(standIn, [said('beat'), 2000], [{ type: 'tick' }, 1100 + SILENCE_MS])
    expect(kept.standIn.phase).toBe('warm')
    expect(play(kept.standIn, [{ type: 'tick' }, 2000 + SILENCE_MS]).standIn.phase).toBe('waiting')
  })

  it('is given up when it is not warm in time, whatever is said meanwhile', () => {
    const { standIn } = play(
      noStandIn,
      [{ type: 'posts', here: HOME.mcu, posts: POSTS }, 0],
      [{ type: 'tick' }, 1000],
      [{ type: 'opened' }, 1010],
      [said('beat'), 3000],
      [{ type: 'tick' }, 1010 + OPENING_MS],
    )
    expect(standIn).toMatchObject({ phase: 'waiting', place: 1 })
  })

  it('looks for a post that is preferred to where it stands, more and more rarely', () => {
    const first = play(noStandIn, [{ type: 'posts', here: HOME.mcu, posts: POSTS }, 0], [{ type: 'tick' }, 1000])
    let { standIn } = play(first.standIn, [{ type: 'closed' }, 1001], [{ type: 'tick' }, 2001])
    standIn = play(standIn, [{ type: 'opened' }, 2010], [{ type: 'media_connected' }, 2100]).standIn
    expect(postOf(standIn)).toEqual(ROOT)
    expect(play(standIn, [said('beat'), 2099 + BETTER_MS]).actions).toEqual([])
    const looking = play(standIn, [said('beat'), 2100 + BETTER_MS])
    expect(looking.actions).toEqual(['close', 'open'])
    expect(postOf(looking.standIn)).toEqual(BACKUP)
    const back = play(
      looking.standIn,
      [{ type: 'closed' }, 13_000],
      [{ type: 'tick' }, 14_000],
      [{ type: 'opened' }, 14_010],
      [{ type: 'media_connected' }, 14_100],
    )
    expect(postOf(back.standIn)).toEqual(ROOT)
    expect(play(back.standIn, [said('beat'), 14_099 + 2 * BETTER_MS]).actions).toEqual([])
    const better = play(
      back.standIn,
      [said('beat'), 14_100 + 2 * BETTER_MS],
      [{ type: 'opened' }, 35_000],
      [{ type: 'media_connected' }, 35_100],
      [said('beat'), 99_999],
    )
    expect(better.actions).toEqual(['close', 'open', 'warm'])
    expect(postOf(better.standIn)).toEqual(BACKUP)
  })

  it('has more patience with each round of posts that took too long', () => {
    let { standIn } = play(noStandIn, [{ type: 'posts', here: HOME.mcu, posts: POSTS }, 0])
    const patience: number[] = []
    for (let call = 0; call < 5; call += 1) {
      const calledMs = standIn.dueMs ?? 0
      standIn = play(standIn, [{ type: 'tick' }, calledMs]).standIn
      patience.push((standIn.dueMs ?? 0) - calledMs)
      standIn = play(standIn, [{ type: 'tick' }, standIn.dueMs ?? 0]).standIn
    }
    expect(patience).toEqual([4000, 4000, 8000, 8000, 16_000])
  })

  it('begins anew with the lost post among the others once it was taken', () => {
    const taken = play(warm().standIn, [{ type: 'taken' }, 5000], [{ type: 'tick' }, 99_999])
    expect(taken).toEqual({ standIn: noStandIn, actions: [] })
    const told = play(taken.standIn, [{ type: 'posts', here: BACKUP.mcu, posts: POSTS }, 5100])
    expect(told.standIn).toMatchObject({ phase: 'waiting', dueMs: 5100 + SETTLE_MS })
    expect(postOf(told.standIn)).toEqual(HOME)
  })

  it('stays where it is while the plan leaves its place alone, and goes where the plan says', () => {
    const { standIn } = warm()
    const same = play(standIn, [{ type: 'posts', here: HOME.mcu, posts: POSTS }, 2000])
    expect(same).toEqual({ standIn, actions: [] })
    const shorter = play(standIn, [{ type: 'posts', here: HOME.mcu, posts: [HOME, BACKUP] }, 2000])
    expect(shorter).toMatchObject({ standIn: { phase: 'warm', others: [BACKUP] }, actions: [] })
    const other = play(standIn, [{ type: 'posts', here: HOME.mcu, posts: [HOME, ROOT] }, 2000])
    expect(other).toMatchObject({ standIn: { phase: 'waiting', others: [ROOT] }, actions: ['close'] })
    const none = play(standIn, [{ type: 'posts', here: HOME.mcu, posts: [HOME] }, 2000])
    expect(none).toEqual({ standIn: noStandIn, actions: ['close'] })
  })

  it('greets anew at the same post when what it said has changed', () => {
    const again = play(warm().standIn, [{ type: 'greet_anew' }, 2000], [{ type: 'tick' }, 2000 + SETTLE_MS])
    expect(again.actions).toEqual(['close', 'open'])
    expect(postOf(again.standIn)).toEqual(BACKUP)
    expect(play(noStandIn, [{ type: 'greet_anew' }, 0]).actions).toEqual([])
  })

  it('rests without a word, and does nothing any more', () => {
    expect(play(warm().standIn, [{ type: 'rest' }, 2000], [{ type: 'tick' }, 99_999])).toEqual({
      standIn: noStandIn,
      actions: ['close'],
    })
  })
})
