import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'

import { backInMs, comeBackByItself, isAway } from '../src/comingBack'

const kept = new Map<string, string>()
const reload = vi.fn()
const replaceState = vi.fn()
let serverAnswers = true

/** A router one of whose pages does not come. */
function brokenRouter(): Router {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: {} },
      { path: '/chair', component: () => Promise.reject(new Error('no file')) },
    ],
  })
  comeBackByItself(router)
  return router
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  })
  vi.stubGlobal('location', { pathname: '/chair', reload })
  vi.stubGlobal('history', { replaceState })
  vi.stubGlobal('fetch', () => (serverAnswers ? Promise.resolve({ ok: true }) : Promise.reject(new TypeError('gone'))))
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a page whose files did not come', () => {
  it('is loaded anew, with its link, as soon as the server answers', async () => {
    serverAnswers = false
    await expect(brokenRouter().push('/chair#token=abc')).rejects.toThrow()
    expect(isAway.value).toBe(true)
    await vi.advanceTimersByTimeAsync(7000)
    expect(reload).not.toHaveBeenCalled()
    serverAnswers = true
    await vi.advanceTimersByTimeAsync(2000)
    expect(replaceState).toHaveBeenCalledWith(null, '', '/chair#token=abc')
    expect(reload).toHaveBeenCalledTimes(1)
  })

  it('waits longer each time in a row, and no longer than half a minute', () => {
    expect([0, 1, 2, 3, 4, 9].map(backInMs)).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('forgets how often it tried once a page has come', async () => {
    expect(kept.get('nhipcau.comingBack')).toBe('1')
    await brokenRouter().push('/')
    expect(kept.size).toBe(0)
  })
})
