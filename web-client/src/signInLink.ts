/** Signs a demo's visitor in by the link that it came by: `/#sign-in=<token>`. */

import { ask, OfficeError } from './device/office'
import type { Me } from './people/types'
import { homeOf } from './people/ways'

const MARK = '#sign-in='

/** The token in a page's fragment, null where it has none. */
export function signInToken(fragment: string): string | null {
  return fragment.startsWith(MARK) ? fragment.slice(MARK.length) : null
}

/**
 * Trades the token for a session and takes it out of the address, so that nobody copies it.
 * The first page then gives way to that of the account's own work.
 */
export async function signInByLink(): Promise<void> {
  const token = signInToken(location.hash)
  if (token === null) return
  history.replaceState(history.state, '', location.pathname + location.search)
  try {
    const { account } = await ask<Me>('POST', '/sign-in/link', { token })
    if (location.pathname === '/') history.replaceState(history.state, '', homeOf(account))
  } catch (error) {
    if (!(error instanceof OfficeError)) throw error
  }
}
