/** What this page calls itself: words for people, and a mark that tells it from its twin. */

const KEY = 'nhipcau.page'
const MARK = /\s#[0-9a-z]{8}$/

/**
 * The mark of this tab. It survives a reload and is not shared by a duplicated tab: it lies in the
 * session's store only while no page of the tab is alive.
 */
function pageMark(): string {
  const kept = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  const mark = kept ?? Array.from(crypto.getRandomValues(new Uint8Array(8)), base36).join('')
  addEventListener('pagehide', () => sessionStorage.setItem(KEY, mark))
  addEventListener('pageshow', () => sessionStorage.removeItem(KEY))
  return mark
}

function base36(byte: number): string {
  return (byte % 36).toString(36)
}

function browserName(userAgent: string): string {
  const known: [RegExp, string][] = [
    [/Edg\/(\d+)/, 'Edge'],
    [/OPR\/(\d+)/, 'Opera'],
    [/coc_coc_browser\/(\d+)/, 'Cốc Cốc'],
    [/Firefox\/(\d+)/, 'Firefox'],
    [/Chrome\/(\d+)/, 'Chrome'],
    [/Version\/(\d+).*Safari/, 'Safari'],
  ]
  for (const [pattern, name] of known) {
    const found = pattern.exec(userAgent)
    if (found) return `${name} ${found[1]}`
  }
  return 'Web'
}

function systemName(userAgent: string): string {
  const known: [RegExp, string][] = [
    [/Windows/, 'Windows'],
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ]
  return known.find(([pattern]) => pattern.test(userAgent))?.[1] ?? ''
}

/** "Chrome 130, Windows #k3f09ab2". */
export function agentName(): string {
  const words = [browserName(navigator.userAgent), systemName(navigator.userAgent)]
  return `${words.filter(Boolean).join(', ')} #${pageMark()}`
}

/** An agent's name without its mark, for people. */
export function agentForPeople(agent: string): string {
  return agent.replace(MARK, '')
}
