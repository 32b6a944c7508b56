import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { readJoinLink } from '../src/conference/joinLink'
import { Commands } from '../src/signalling/commands'

describe('a command', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is done when its own id is answered', async () => {
    const sent: number[] = []
    const commands = new Commands(({ id }) => sent.push(id) > 0)
    const first = commands.ask({ type: 'hand', up: true })
    const second = commands.ask({ type: 'mic', open: true })
    commands.handle({ type: 'error', code: 'not_allowed', detail: 'locked', id: sent[1]! })
    commands.handle({ type: 'ok', id: sent[0]! })
    await expect(first).resolves.toBeUndefined()
    await expect(second).rejects.toMatchObject({ code: 'not_allowed', message: 'locked' })
  })

  it('fails at once without a connection, and when the connection goes', async () => {
    const offline = new Commands(() => false).ask({ type: 'hand', up: true })
    await expect(offline).rejects.toMatchObject({ code: 'not_connected' })
    const commands = new Commands(() => true)
    const lost = commands.ask({ type: 'hand', up: true })
    commands.abandon()
    await expect(lost).rejects.toMatchObject({ code: 'not_connected' })
  })

  it('does not wait for ever', async () => {
    const late = new Commands(() => true).ask({ type: 'stop_content' })
    const outcome = expect(late).rejects.toMatchObject({ code: 'no_answer' })
    await vi.advanceTimersByTimeAsync(4000)
    await outcome
  })
})

it('a link says its token and whether the room processes its own sound', () => {
  expect(readJoinLink('#token=a.b-c_d')).toEqual({ token: 'a.b-c_d', processing: true })
  expect(readJoinLink('#token=x&processing=off')).toEqual({ token: 'x', processing: false })
  expect(readJoinLink('')).toEqual({ token: '', processing: true })
})
