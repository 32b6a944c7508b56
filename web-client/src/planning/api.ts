/** What pages ask of the office about meetings; its refusals keep all that it says. */

import { OfficeError } from '../device/office'
import type { Change, Clash, Conflict, Edited, Plan, PlanProblem, Rules, Step, Stepped } from './types'

/** A plan of a thousand rows takes the office a moment. */
const PATIENCE_MS = 20_000
const SCHEME = 'urn:nhipcau:problem:'

interface Told {
  type?: string
  detail?: string
  revision?: number
  conflicts?: Conflict[]
  problems?: PlanProblem[]
  clashes?: Clash[]
  errors?: unknown[]
}

/** The office's refusal; `code` is that of docs/PROTOCOL.md, "" where it has none. */
export class PlanningError extends OfficeError {
  readonly code: string
  readonly detail: string
  readonly problems: readonly PlanProblem[]
  readonly clashes: readonly Clash[]
  readonly errors: readonly string[]

  constructor(status: number, told: Told, retryS: number | null = null) {
    super(status, told.detail ?? '', null, retryS)
    this.code = told.type?.startsWith(SCHEME) ? told.type.slice(SCHEME.length) : ''
    this.detail = told.detail ?? ''
    this.problems = told.problems ?? []
    this.clashes = told.clashes ?? []
    this.errors = (told.errors ?? []).map(String)
  }
}

export interface Asked {
  body?: object
  /** The revision that the page shows. */
  seen?: number
  /** A file as it is, instead of a body of JSON. */
  file?: Blob
}

/** Ask the office about a meeting; `path` is below /api/v1. */
export async function askPlanning<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  const headers: Record<string, string> = {}
  if (asked.body) headers['content-type'] = 'application/json'
  if (asked.file) headers['content-type'] = asked.file.type
  if (asked.seen !== undefined) headers['if-match'] = `"${asked.seen}"`
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(asked.file ? { body: asked.file } : asked.body ? { body: JSON.stringify(asked.body) } : {}),
    })
  } catch {
    throw new PlanningError(0, {})
  }
  if (!answer.ok) {
    const retry = answer.headers.get('retry-after')
    throw new PlanningError(answer.status, await told(answer), retry === null ? null : Number(retry))
  }
  return (answer.status === 204 ? null : await answer.json()) as T
}

async function told(answer: Response): Promise<Told> {
  try {
    return (await answer.json()) as Told
  } catch {
    return {}
  }
}

/** The address of a meeting in the API, for links and other calls. */
export function meetingPath(id: string, rest = ''): string {
  return `/meetings/${encodeURIComponent(id)}${rest}`
}

export function fetchPlan(id: string, edition: number | null = null): Promise<Plan> {
  return askPlanning('GET', meetingPath(id, edition === null ? '' : `?edition=${edition}`))
}

export function sendChanges(id: string, seen: number, changes: readonly Change[]): Promise<Edited> {
  return askPlanning('PATCH', meetingPath(id), { seen, body: { changes } })
}

export function sendStep(plan: Plan, step: Step, note: string): Promise<Stepped> {
  const body = { step, note, seal: plan.seal }
  return askPlanning('POST', meetingPath(plan.id, '/steps'), { seen: plan.revision, body })
}

let rules: Promise<Rules> | undefined

/** What a page offers to choose from, asked once. */
export function fetchRules(): Promise<Rules> {
  rules ??= askPlanning<Rules>('GET', '/planning/rules').catch((error: unknown) => {
    rules = undefined
    throw error
  })
  return rules
}
