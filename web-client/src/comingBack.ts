/**
 * A page's files did not come: the line broke as it was opened, or the server has a newer version
 * whose files are called otherwise. Left alone the page would stay empty; it comes back by itself.
 *
 *     navigation failed ─▶ wait ─▶ does the server answer? ─ no ─▶ wait again
 *                                         └─ yes ─▶ load where it was going, anew
 */

import { readonly, ref } from 'vue'
import type { Router } from 'vue-router'

const KEY = 'nhipcau.comingBack'
const FIRST_WAIT_MS = 2000
const LONGEST_WAIT_MS = 30_000

const away = ref(false)
/** True while a page is awaited. */
export const isAway = readonly(away)

/** The wait before the n-th new try in a row, n from 0: 2, 4, 8 … 30 s. */
export function backInMs(tries: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(tries, 10), LONGEST_WAIT_MS)
}

export function comeBackByItself(router: Router): void {
  router.onError((_error, to) => void comeBack(to.fullPath))
  router.afterEach((_to, _from, failure) => {
    if (failure === undefined) sessionStorage.removeItem(KEY)
  })
}

async function comeBack(path: string): Promise<void> {
  if (away.value) return
  away.value = true
  const tries = Number(sessionStorage.getItem(KEY) ?? 0)
  sessionStorage.setItem(KEY, String(tries + 1))
  do await pause(backInMs(tries))
  while (!(await answers()))
  history.replaceState(null, '', path)
  location.reload()
}

/** Loaded anew without a server it would be the browser's own page, which never comes back. */
async function answers(): Promise<boolean> {
  try {
    return (await fetch(location.pathname, { cache: 'no-store' })).ok
  } catch {
    return false
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
