/** What the office will say of a new password, said while it is typed. The office decides. Pure. */

const MIN_LETTERS = 12
const FEWEST_KINDS = 5

export type Weakness = 'short' | 'plain' | 'login' | 'same' | 'differs'

/** The first thing to mend, null when there is none. */
export function weakness(fresh: string, again: string, old: string, login: string): Weakness | null {
  const text = fresh.normalize('NFKC')
  const small = text.toLowerCase()
  if (text.length < MIN_LETTERS) return 'short'
  if (new Set(small).size < FEWEST_KINDS) return 'plain'
  if (login !== '' && small.includes(login.toLowerCase())) return 'login'
  if (fresh === old) return 'same'
  return fresh === again ? null : 'differs'
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP = 5

/** A first password that can be read aloud: about 99 bits. `random` gives bytes of chance. */
export function spokenPassword(random: (count: number) => Uint8Array): string {
  const letters: string[] = []
  // Bytes that would favour some letters are thrown away.
  const fair = 256 - (256 % LETTERS.length)
  while (letters.length < GROUPS * GROUP) {
    for (const byte of random(32)) if (byte < fair) letters.push(LETTERS[byte % LETTERS.length] ?? '')
  }
  const at = (group: number) => letters.slice(group * GROUP, (group + 1) * GROUP).join('')
  return Array.from({ length: GROUPS }, (_, group) => at(group)).join('-')
}
