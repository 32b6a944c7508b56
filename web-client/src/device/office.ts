/** What a room's page asks of the office, each call signed with its key. */

import { sign, type DeviceKey } from './deviceKey'
import * as statements from './statements'

export type JoinPolicy = 'itself' | 'ask'

export interface AgendaMeeting {
  meeting: string
  title: string
  chair_name: string
  starts_ms: number
  live: boolean
  mcus: string[]
}

export interface Agenda {
  now_ms: number
  device: string
  site: string
  site_name: string
  parent_name: string | null
  join: JoinPolicy
  /** Where the room waits to be called; an agenda kept from before may not have it. */
  fronts?: string[]
  meetings: AgendaMeeting[]
}

export interface Enrolled {
  device: string
  site: string
  site_name: string
}

/** The office's refusal; `status` 0: it can't be reached. */
export class OfficeError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    /** What the office's clock says, where ours was wrong. */
    readonly nowMs: number | null = null,
    /** After how many seconds to try again, where the office says so. */
    readonly retryS: number | null = null,
  ) {
    super(detail)
  }
}

const PATIENCE_MS = 8000

/** Ask the office; `body` goes as JSON. */
export async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    })
  } catch {
    throw new OfficeError(0, 'unreachable')
  }
  if (!answer.ok) {
    const now = answer.headers.get('x-now-ms')
    const retry = answer.headers.get('retry-after')
    throw new OfficeError(answer.status, answer.statusText, now === null ? null : Number(now), retry === null ? null : Number(retry))
  }
  return (answer.status === 204 ? null : await answer.json()) as T
}

export async function pair(typed: string, key: DeviceKey, name: string): Promise<Enrolled> {
  const code = statements.normalCode(typed)
  const signature = await sign(key, statements.pairing(code, key.text))
  return ask('POST', '/room/pairing', { code, key: key.text, signature, name })
}

export async function fetchAgenda(device: string, key: DeviceKey, atMs: number): Promise<Agenda> {
  const signature = await sign(key, statements.agenda(device, atMs))
  return ask('POST', '/room/agenda', { device, at_ms: atMs, signature })
}

export async function rotate(
  device: string,
  old: DeviceKey,
  fresh: DeviceKey,
  atMs: number,
): Promise<void> {
  const said = statements.rotation(device, fresh.text, atMs)
  await ask('POST', '/room/keys', {
    device,
    at_ms: atMs,
    signature: await sign(old, said),
    key: fresh.text,
    key_signature: await sign(fresh, said),
  })
}
