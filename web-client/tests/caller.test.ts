import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'

import { useCaller } from '../src/emergency/useCaller'

/** A front that a test plays. */
class FakeSocket {
  static OPEN = 1
  static all: FakeSocket[] = []
  readyState = 1
  sent: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null

  constructor(readonly url: string) {
    FakeSocket.all.push(this)
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }

  close(): void {
    this.readyState = 3
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  get presses(): number {
    return this.sent.filter(({ type }) => type === 'press').length
  }
}

const FRONTS = ['https://one', 'https://two']
const WISH = { levels: [], below: null, sites: [] }

function welcome(calls: object[] = []): object {
  return {
    type: 'welcome', mcu: 'm', wall_ms: Date.now(), site: 'hall', name: 'x', expires_s: 1, levels: [],
    sites: [], fronts: FRONTS, rooms: {}, calls,
  }
}

function called(title: string, more: object = {}): object {
  return {
    type: 'called', conference: 'khan-1', mcu: 'm', url: 'https://media', title, round: 1,
    at_ms: Date.now(), sites: [], chair: '', token: '', ...more,
  }
}

function newest(): FakeSocket {
  return FakeSocket.all.at(-1) as FakeSocket
}

function greeted(calls: object[] = []): FakeSocket {
  const socket = newest()
  socket.onopen?.()
  socket.say(welcome(calls))
  return socket
}

describe('a leader’s office at its fronts', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('WebSocket', FakeSocket)
    vi.stubGlobal('localStorage', { setItem: () => undefined, getItem: () => null })
    FakeSocket.all = []
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  function open() {
    const scope = effectScope()
    const caller = scope.run(() => useCaller({ text: 'p', fronts: FRONTS }))
    if (!caller) throw new Error('no caller')
    return { caller, scope }
  }

  it('presses at the next front what the first one, fallen silent, has not called', () => {
    const { caller, scope } = open()
    const first = greeted()
    caller.press('Bão', WISH)
    expect(first.presses).toBe(1)
    vi.advanceTimersByTime(8000)
    expect(newest().url).toBe('wss://two/emergency/call')
    const second = greeted()
    expect(second.presses).toBe(1)
    second.say(called('Bão'))
    expect([caller.pressing.value, caller.failed.value, caller.calls.value.length]).toEqual([false, null, 1])
    scope.stop()
  })

  it('presses no second time what the first front called before it fell silent', () => {
    const { caller, scope } = open()
    greeted()
    caller.press('Bão', WISH)
    vi.advanceTimersByTime(8000)
    const second = greeted([called('Bão')])
    expect(second.presses).toBe(0)
    expect([caller.pressing.value, caller.failed.value]).toEqual([false, null])
    scope.stop()
  })

  it('asks another front where one has no room, each once, and then says so', () => {
    const { caller, scope } = open()
    const first = greeted()
    caller.press('Bão', WISH)
    first.say({ type: 'error', code: 'not_hosted', detail: '' })
    vi.advanceTimersByTime(700)
    const second = greeted()
    expect([second.url, second.presses]).toEqual(['wss://two/emergency/call', 1])
    second.say({ type: 'error', code: 'not_hosted', detail: '' })
    expect([caller.pressing.value, caller.failed.value]).toEqual([false, 'not_hosted'])
    scope.stop()
  })

  it('stops where every front refuses the pass', () => {
    const { caller, scope } = open()
    for (let turn = 0; turn < FRONTS.length; turn += 1) {
      const socket = newest()
      socket.onopen?.()
      socket.say({ type: 'error', code: 'pass_revoked', detail: '' })
      socket.onclose?.()
      vi.advanceTimersByTime(700)
    }
    expect(caller.refused.value).toBe('pass_revoked')
    const dialled = FakeSocket.all.length
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all.length).toBe(dialled)
    scope.stop()
  })
})
