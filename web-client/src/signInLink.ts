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
 * Returns the page of
 * the account's own work where the link led to the first page, else null.
 */
export async function signInByLink(): Promise<string | null> {
  const token = signInToken(location.hash)
  if (token === null) return null
  history.replaceState(history.state, '', location.pathname + location.search)
  try {
    const { account } = await ask<Me>('POST', '/sign-in/link', { token })
    return location.pathname === '/' ? homeOf(account) : null
  } catch (error) {
    if (!(error instanceof OfficeError)) throw error
    return null
  }
}
