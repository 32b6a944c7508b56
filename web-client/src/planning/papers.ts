/** Papers of a meeting: their files checked, named, sent, approved. */

import { askPlanning, meetingPath, PlanningError } from './api'
import type { Cue, Paper } from './types'
import type { PaperFile, PaperRoom } from './types.beside'

/** The office takes no larger file. */
export const MAX_BYTES = 50 * 1024 * 1024
const MARK = '%PDF-'
/** Where the mark may stand at the latest. Source: ISO 32000-1, annex H, note 13. */
const MARK_WITHIN = 1024

export type Unfit = 'notPdf' | 'tooLarge' | 'empty'

/** What keeps a file from being sent; null: nothing that can be seen from here. */
export async function unfit(file: File): Promise<Unfit | null> {
  if (file.size === 0) return 'empty'
  if (file.size > MAX_BYTES) return 'tooLarge'
  const head = new Uint8Array(await file.slice(0, MARK_WITHIN).arrayBuffer())
  return String.fromCharCode(...head).includes(MARK) ? null : 'notPdf'
}

/** The next free number of the list: TL1, TL2, … */
export function nextId(papers: readonly Paper[]): string {
  const used = new Set(papers.map(({ id }) => id))
  let number = papers.length + 1
  while (used.has(`TL${number}`)) number += 1
  return `TL${number}`
}

/** A title made of a file's name: without its ending, spaces for what stands in for them. */
export function titleOf(fileName: string): string {
  return fileName.replace(/\.pdf$/i, '').replace(/[_]+/g, ' ').trim().normalize('NFC')
}

/** The steps of the scenario that show a paper, by their numbers on the run sheet. */
export function usedIn(paper: string, cues: readonly Cue[]): { id: string; number: number; title: string }[] {
  return cues.map(({ id, title }, number) => ({ id, number, title })).filter(({ number }) => cues[number]?.papers.includes(paper))
}

/** A size as people say it: 0,3 MB is 312 kB. */
export function sizeOf(bytes: number): { number: number; unit: 'kB' | 'MB' } {
  const kilobytes = Math.ceil(bytes / 1024)
  return kilobytes < 1024 ? { number: kilobytes, unit: 'kB' } : { number: Math.round(kilobytes / 102.4) / 10, unit: 'MB' }
}

export function fileAt(meeting: string, paper: string): string {
  return `/api/v1${meetingPath(meeting, `/papers/${encodeURIComponent(paper)}/file`)}`
}

/** Send a file; `on_share` hears how much of it is there, 0 to 1. Throws the office's refusal. */
export function uploadPaper(meeting: string, paper: string, file: File, on_share: (share: number) => void): Promise<PaperFile> {
  const request = new XMLHttpRequest()
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => on_share(total > 0 ? loaded / total : 0)
    request.onerror = () => reject(new PlanningError(0, {}))
    request.onload = () => {
      const said = parsed(request.responseText)
      if (request.status < 300) resolve(said as PaperFile)
      else reject(new PlanningError(request.status, (said ?? {}) as object))
    }
    request.open('PUT', `${fileAt(meeting, paper)}?name=${encodeURIComponent(file.name.slice(0, 200))}`)
    request.setRequestHeader('content-type', 'application/pdf')
    request.send(file)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** Approve the file that the chair saw. */
export function approvePaper(meeting: string, paper: string, sha256: string): Promise<PaperFile> {
  return askPlanning('POST', meetingPath(meeting, `/papers/${encodeURIComponent(paper)}/approval`), { body: { sha256 } })
}

export function fetchRooms(meeting: string, paper: string): Promise<PaperRoom[]> {
  return askPlanning('GET', meetingPath(meeting, `/papers/${encodeURIComponent(paper)}/rooms`))
}
