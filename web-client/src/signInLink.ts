/** Signs a demo's visitor in by the link that it came by: `/#sign-in=<token>`. */

const MARK = '#sign-in='

/** The token in a page's fragment, null where it has none. */
export function signInToken(fragment: string): string | null {
  return fragment.startsWith(MARK) ? fragment.slice(MARK.length) : null
}

/** Trades the token for a session and takes it out of the address, so that nobody copies it. */
export async function signInByLink(): Promise<void> {
  const token = signInToken(location.hash)
  if (token === null) return
  history.replaceState(history.state, '', location.pathname + location.search)
  await fetch('/api/v1/sign-in/link', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  }).catch(() => undefined)
}
