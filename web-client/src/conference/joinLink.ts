/** What the link says: `#token=…`, and for rooms with their own echo canceller `&processing=off`. */

import type { InjectionKey } from 'vue'

import type { Challenge, DeviceProof } from '../signalling/protocol'

export interface JoinLink {
  token: string
  processing: boolean
}

/** By what a page is let in, where that is more than a link. */
export interface Credential {
  /** A link's, a guest's or a resume ticket; asked for at each greeting. */
  token: () => string
  pin?: () => string
  prove?: (challenge: Challenge) => Promise<DeviceProof>
  on_ticket?: (ticket: string) => void
}

/** A meeting that a page enters without a link in its address. */
export interface Entry {
  /** The origin of the MCU; empty: this page's own. */
  mcu: string
  credential: Credential
  processing: boolean
}

/** Where a page that was sent elsewhere finds its meeting; for what it opens itself. */
export const ENTRY: InjectionKey<Entry | undefined> = Symbol('entry')

export function readJoinLink(fragment: string): JoinLink {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  return { token: fields.get('token') ?? '', processing: fields.get('processing') !== 'off' }
}
