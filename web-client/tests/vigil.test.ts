import { describe, expect, it } from 'vitest'

import { noVigil, PATIENCE_MS, stepVigil, type Vigil, type VigilInput } from '../src/signalling/vigil'

function watching(atMs = 0): Vigil {
  return stepVigil(noVigil, { type: 'watch' }, atMs).vigil
}

/** Feed inputs, each at its time, and tell what was to be done. */
function play(vigil: Vigil, ...inputs: [VigilInput, number][]) {
  const actions: (string | null)[] = []
  for (const [input, atMs] of inputs) {
    const step = stepVigil(vigil, input, atMs)
    vigil = step.vigil
    actions.push(step.action)
  }
  return { vigil, actions }
}

describe('the vigil over an MCU', () => {
  it('looks at no packet while beats come', () => {
    let vigil = watching()
    for (let atMs = 100; atMs <= 5000; atMs += 100) {
      const { actions, vigil: next } = play(vigil, [{ type: 'tick' }, atMs], [{ type: 'beat' }, atMs])
      expect(actions).toEqual([null, null])
      vigil = next
    }
  })

  it('leaves after 300 ms with neither beat nor packet', () => {
    const { vigil, actions } = play(
      watching(),
      [{ type: 'beat' }, 100],
      [{ type: 'tick' }, 399],
      [{ type: 'tick' }, 400],
      [{ type: 'packets', lastMs: 90 }, 405],
    )
    expect(actions).toEqual([null, null, 'look', 'leave'])
    expect(vigil).toEqual(noVigil)
  })

  it('stays while packets come, and looks again 300 ms after the last of them', () => {
    const looked = play(watching(), [{ type: 'tick' }, 300], [{ type: 'packets', lastMs: 280 }, 305])
    expect(looked.actions).toEqual(['look', null])
    expect(looked.vigil.dueMs).toBe(280 + PATIENCE_MS)
    const gone = play(looked.vigil, [{ type: 'tick' }, 580], [{ type: 'packets', lastMs: 280 }, 585])
    expect(gone.actions).toEqual(['look', 'leave'])
  })

  it('stays when a beat comes before the packets are counted', () => {
    const late = play(watching(), [{ type: 'tick' }, 300], [{ type: 'beat' }, 302], [{ type: 'packets', lastMs: 0 }, 305])
    expect(late.actions).toEqual(['look', null, null])
    expect(late.vigil.dueMs).toBe(302 + PATIENCE_MS)
  })

  it('proves nothing by a check that its own sleep made late', () => {
    const slept = play(watching(), [{ type: 'tick' }, 1000])
    expect(slept.actions).toEqual([null])
    const awake = play(slept.vigil, [{ type: 'tick' }, 1300], [{ type: 'packets', lastMs: 0 }, 1301])
    expect(awake.actions).toEqual(['look', 'leave'])
  })

  it('proves nothing by packets that were counted late', () => {
    const slept = play(watching(), [{ type: 'tick' }, 300], [{ type: 'packets', lastMs: 0 }, 700])
    expect(slept.actions).toEqual(['look', null])
    expect(slept.vigil.dueMs).toBe(700 + PATIENCE_MS)
  })

  it('never leaves where a browser can not say when packets came', () => {
    const blind = play(watching(), [{ type: 'tick' }, 300], [{ type: 'packets', lastMs: null }, 305])
    expect(blind.actions).toEqual(['look', null])
    expect(blind.vigil.dueMs).toBe(305 + PATIENCE_MS)
  })

  it('looks again when the packets are never counted', () => {
    const lost = play(watching(), [{ type: 'tick' }, 300], [{ type: 'tick' }, 600])
    expect(lost.actions).toEqual(['look', 'look'])
  })

  it('watches nothing before it is asked to, and after it is told to stop', () => {
    expect(play(noVigil, [{ type: 'beat' }, 1], [{ type: 'tick' }, 9999]).actions).toEqual([null, null])
    const stopped = play(watching(), [{ type: 'stop' }, 1], [{ type: 'tick' }, 9999])
    expect(stopped.actions).toEqual([null, null])
    const left = play(watching(), [{ type: 'tick' }, 300], [{ type: 'stop' }, 301], [{ type: 'packets', lastMs: 0 }, 302])
    expect(left.actions).toEqual(['look', null, null])
  })
})
