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

describe('a command while the MCU is changed', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** Commands that reach somebody while `there` is true, and what was sent. */
  function world() {
    const sent: string[] = []
    const line = { there: true }
    const commands = new Commands(({ type, id }) => {
      if (line.there) sent.push(`${type} ${id}`)
      return line.there
    })
    return { commands, sent, line }
  }

  it('waits, and is asked of the other MCU', async () => {
    const { commands, sent, line } = world()
    commands.suspend()
    line.there = false
    const waiting = commands.ask({ type: 'hand', up: true })
    line.there = true
    commands.resume()
    expect(sent).toEqual(['hand 1'])
    commands.handle({ type: 'ok', id: 1 })
    await expect(waiting).resolves.toBeUndefined()
  })

  it('is asked once more when no answer had come', async () => {
    const { commands, sent } = world()
    const asked = commands.ask({ type: 'mic', open: true })
    commands.suspend()
    commands.resume()
    expect(sent).toEqual(['mic 1', 'mic 1'])
    commands.handle({ type: 'ok', id: 1 })
    await expect(asked).resolves.toBeUndefined()
  })

  it('is not asked twice where twice is another thing than once', async () => {
    const { commands, sent } = world()
    const asked = commands.ask({ type: 'undo' })
    commands.suspend()
    const later = commands.ask({ type: 'call_roll' })
    commands.resume()
    await expect(asked).rejects.toMatchObject({ code: 'no_answer' })
    expect(sent).toEqual(['undo 1', 'call_roll 2'])
    commands.handle({ type: 'ok', id: 2 })
    await expect(later).resolves.toBeUndefined()
  })

  it('has moved the scenario when its repetition finds it moved, and a first asking has not', async () => {
    const { commands } = world()
    const twice = commands.ask({ type: 'cue_next', seen: 4 })
    commands.suspend()
    const once = commands.ask({ type: 'cue_next', seen: 4 })
    commands.resume()
    commands.handle({ type: 'error', code: 'moved', detail: '', id: 1 })
    commands.handle({ type: 'error', code: 'moved', detail: '', id: 2 })
    await expect(twice).resolves.toBeUndefined()
    await expect(once).rejects.toMatchObject({ code: 'moved' })
  })

  it('fails when the other MCU takes nobody in', async () => {
    const { commands, line } = world()
    commands.suspend()
    const waiting = commands.ask({ type: 'hand', up: true })
    commands.abandon()
    await expect(waiting).rejects.toMatchObject({ code: 'not_connected' })
    line.there = false
    await expect(commands.ask({ type: 'hand', up: true })).rejects.toMatchObject({ code: 'not_connected' })
  })
})

it('a link says its token and whether the room processes its own sound', () => {
  expect(readJoinLink('#token=a.b-c_d')).toEqual({ token: 'a.b-c_d', processing: true })
  expect(readJoinLink('#token=x&processing=off')).toEqual({ token: 'x', processing: false })
  expect(readJoinLink('')).toEqual({ token: '', processing: true })
})
