/**
 * What a page says of a line that is down. Pure.
 *
 *     in the part that goes on   "Mất kết nối với tỉnh Khánh Hòa – huyện Khánh Sơn tiếp tục họp"
 *     at a leaf, waiting         "Mất kết nối với tỉnh Khánh Hòa – đang nối lại"
 */

import type { ConferenceInfo, Cut } from '../signalling/protocol'

export interface CutNotice {
  readonly word: 'goesOn' | 'waits' | 'noPlace'
  /** Who chairs the meeting that is lost. */
  readonly source: string
  /** Whose part goes on. */
  readonly name: string
}

export function cutNotice(meeting: ConferenceInfo | null, cut: Cut | null): CutNotice | null {
  if (cut) return { word: cut.why === 'no_place' ? 'noPlace' : 'waits', source: cut.source, name: '' }
  if (!meeting?.cut_from) return null
  return { word: 'goesOn', source: meeting.cut_from, name: meeting.title }
}

/** Within a Vietnamese sentence the kind of a unit is small: "tỉnh Khánh Hòa"; "UBND" stays. */
export function withinSentence(name: string): string {
  const [first = '', second = ''] = name
  const capital = first !== first.toLowerCase()
  return capital && second !== '' && second === second.toLowerCase() ? first.toLowerCase() + name.slice(1) : name
}
