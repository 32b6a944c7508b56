/**
 * The emergency pass in this browser, and the fronts at which it works. Kept for the time without
 * an office: `#pass=…` in the address puts it into a browser, and nothing sends it anywhere.
 */

export interface KeptPass {
  text: string
  /** Origins of fronts, the nearest first. */
  fronts: string[]
}

const KEY = 'nhipcau.emergency'

export function loadPass(): KeptPass | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as KeptPass | null
    return kept && typeof kept.text === 'string' ? kept : null
  } catch {
    return null
  }
}

export function keepPass(pass: KeptPass): void {
  localStorage.setItem(KEY, JSON.stringify(pass))
}

export function forgetPass(): void {
  localStorage.removeItem(KEY)
}

/** The pass in an address, None where there is none; the front that served the page is one of its. */
export function passInLink(fragment: string, origin: string): KeptPass | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  const text = fields.get('pass') ?? ''
  if (text === '') return null
  const fronts = (fields.get('fronts') ?? '').split(',').filter((one) => /^https?:\/\//.test(one))
  return { text, fronts: fronts.length ? fronts : [origin] }
}

/** An address at which another browser takes the pass, served by a front. */
export function passLink(pass: KeptPass, front: string): string {
  return `${front}/emergency#pass=${pass.text}&fronts=${pass.fronts.join(',')}`
}

export interface FreshPass {
  id: string
  text: string
  fronts: string[]
}
