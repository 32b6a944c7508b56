/**
 * The still pictures that the MCU passes on: one address for each site, the older one given back.
 *
 * Pictures arrive one by one; they are shown together twice a second, so that the wall is painted
 * twice a second and not for each of them.
 */

import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

const SHOW_MS = 500
const CODE = new TextDecoder('ascii')

export interface Still {
  site: string
  jpeg: Uint8Array<ArrayBuffer>
}

/** Read a frame of docs/PROTOCOL.md: the length of the code, the code, the JPEG. Null: no frame. */
export function readStill(frame: ArrayBuffer): Still | null {
  const bytes = new Uint8Array(frame)
  const length = bytes[0] ?? 0
  if (length === 0 || bytes.length <= 1 + length) return null
  return { site: CODE.decode(bytes.subarray(1, 1 + length)), jpeg: bytes.subarray(1 + length) }
}

export function useStills() {
  const urls = new Map<string, ShallowRef<string | null>>()
  const fresh = new Map<string, Uint8Array<ArrayBuffer>>()
  let stale: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  /** The address of a site's newest picture; null while there is none. */
  function url(site: string): ShallowRef<string | null> {
    let known = urls.get(site)
    if (known === undefined) {
      known = shallowRef(null)
      urls.set(site, known)
    }
    return known
  }

  function take(frame: ArrayBuffer): void {
    const still = readStill(frame)
    if (still === null) return
    fresh.set(still.site, still.jpeg)
    timer ??= setTimeout(show, SHOW_MS)
  }

  function show(): void {
    timer = undefined
    // Given back one turn later: by now every tile has the newer address.
    for (const old of stale) URL.revokeObjectURL(old)
    stale = []
    for (const [site, jpeg] of fresh) {
      const slot = url(site)
      if (slot.value !== null) stale.push(slot.value)
      slot.value = URL.createObjectURL(new Blob([jpeg], { type: 'image/jpeg' }))
    }
    fresh.clear()
  }

  /** Forget the pictures of all sites but these. */
  function keep(sites: ReadonlySet<string>): void {
    for (const [site, slot] of urls) {
      if (sites.has(site) || slot.value === null) continue
      stale.push(slot.value)
      slot.value = null
    }
  }

  onScopeDispose(() => {
    clearTimeout(timer)
    keep(new Set())
    for (const old of stale) URL.revokeObjectURL(old)
  })
  return { url, take, keep }
}

export type Stills = ReturnType<typeof useStills>
