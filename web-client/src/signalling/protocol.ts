/**
 * The signalling protocol, version 1, as `docs/PROTOCOL.md` states it. Types only: what the MCU
 * says is trusted in shape, what we say is checked by the MCU's own schema.
 */

import type { DrillCommand, Drilled, DrillMessage } from './drill'
import type { Roll, RollCommand, RollOfRoom } from './roll'
import type { CueNow, Scenario, ScenarioCommand } from './scenario'
import type { PromptNow, Vote, VoteCommand, VoteNow } from './vote'

export const PROTOCOL_VERSION = 1

export type EndpointKind = 'site' | 'viewer'
export type Role = 'site' | 'chair' | 'secretary' | 'console' | 'operator'
export type Tally = 'on_air' | 'next' | 'listen'
export type Presence = 'absent' | 'waiting' | 'present' | 'lost'

export interface SiteName {
  site: string
  name: string
}

export interface OwnSite extends SiteName {
  level: string
  parent_name: string | null
}

export interface ConferenceInfo {
  conference: string
  title: string
  chair_site: string
  chair_name: string
  /** The conference of which this is a branch. */
  parent?: string | null
  /** Who chairs that one, where this is a part that was cut off from it. */
  cut_from?: string | null
  /** It is one (tổng duyệt): there may be drills. */
  rehearsal?: boolean
}

export interface LayoutInfo {
  name: string
  cells: number
}

export interface RosterRow extends SiteName {
  level: string
  parent: string | null
  present: boolean
  state: Presence
  mic: boolean
  camera: boolean
  hand: number | null
  /** The request waits at the parent. */
  asked: boolean
  floor: boolean
  sharing: boolean
  synthetic: boolean
  level_dbov: number | null
  loss: number | null
  /** What of the program its line carries; null while it is not connected. */
  rung: string | null
  capture: boolean
  /** A site of this meeting only, invited from outside. */
  guest: boolean
  /** Somebody was removed from this site and not let back. */
  removed: boolean
  /** This guest may see who takes part. */
  roster_shown: boolean
  /** How long it has had the floor, and since when it speaks now, by the MCU's clock. */
  spoken_ms: number
  speaks_since_ms: number | null
  /** The branch of the split meeting that it belongs to now; empty: it belongs here. */
  branch?: string
  /** The MCU behind which it is, or would be; empty: this one. */
  mcu?: string
}

/** What an MCU asks a device to sign. */
export interface Challenge {
  type: 'challenge'
  nonce: string
  conference: string
  mcu: string
  at_ms: number
}

export interface DeviceProof {
  device: string
  key: string
  signature: string
}

export interface Welcome {
  type: 'welcome'
  v: number
  endpoint: string
  role: Role
  site: OwnSite | null
  conference: ConferenceInfo
  layouts: LayoutInfo[]
  wall_ms: number
  beat_ms: number
  /** Opens the chair's page: for the chairing room of a branch. */
  chair_ticket?: string | null
  /** Lets this device or guest come back, here or at another MCU of the plan. */
  ticket?: string | null
}

export interface ConferenceState {
  type: 'state'
  seq: number
  tally: Tally
  mic: { open: boolean; locked: boolean }
  camera: boolean
  hand: number | null
  hands: number
  sharing: boolean
  floor: SiteName[]
  /** Whom the chair named to speak next, else who raised a hand first. */
  next: SiteName | null
  speaker: SiteName | null
  content: SiteName | null
  layout: string
  shown: string
  cells: (SiteName | null)[]
  present: number
  invited: number
  /** Own request for the floor waits at the parent. */
  asked: boolean
  /** Not admitted yet. */
  waiting: boolean
  /** Requests that wait for this site to pass them on. */
  asking: SiteName[]
  /** The MCU's clock until which `undo` is possible; 0: it is not. */
  undo_ms: number
  mics_locked: boolean
  hands_via_parent: boolean
  doors_ask: boolean
  /** Nobody new comes in. */
  locked: boolean
  /** This site is a guest. */
  guest: boolean
  /** The running step of the scenario. */
  cue: CueNow | null
  /** The vote on the screens. */
  vote: VoteNow | null
  prompt: PromptNow | null
  /** The own line of the roll call. */
  roll: RollOfRoom | null
}

export interface Upstream {
  type: 'upstream'
  camera: boolean
  microphone: boolean
  content: boolean
  /** A still picture every so many seconds; 0: none. */
  still_s: number
  /** A technician looks at this room now. */
  test: boolean
  /** The camera's picture at the most: lines of a picture of 16:9, pictures and bits a second. */
  height: number
  fps: number
  max_bps: number
}

/** Nothing is asked of this page. */
export const QUIET: Upstream = {
  type: 'upstream',
  camera: false,
  microphone: false,
  content: false,
  still_s: 0,
  test: false,
  height: 0,
  fps: 0,
  max_bps: 0,
}

export interface Occupied {
  type: 'occupied'
  agent: string
  since_ms: number
}

export interface Refusal {
  type: 'error'
  code: string
  detail: string
  id?: number | null
}

export interface McuLoad {
  name: string
  cpu_cores: number
  cores: number
  rss_mb: number
  connections: number
  /** Share of the turns that began late, 0 to 1. */
  late: number
}

/** This page belongs to a branch of its meeting now: `url` is where that is hosted. */
export interface Move {
  type: 'move'
  conference: string
  url: string
  name: string
  why: 'split' | 'cut'
}

/** This page's MCU has lost the line to `source`: nothing moves until `cut` is false. */
export interface Cut {
  type: 'cut'
  cut: boolean
  why: 'waits' | 'no_place' | ''
  source: string
}

export interface Branch {
  conference: string
  name: string
  chair_site: string
  /** Empty while it is not hosted: nobody has come yet, or no place is free for it. */
  url: string
  waits: boolean
  sites: string[]
  present: string[]
  floor: string[]
}

export interface Branches {
  type: 'branches'
  split: boolean
  branches: Branch[]
}

export type ServerMessage =
  | Move
  | Cut
  | Branches
  | Welcome
  | ConferenceState
  | Upstream
  | Occupied
  | Refusal
  | { type: 'offer'; sdp: string }
  | { type: 'roster'; sites: RosterRow[] }
  | { type: 'roster_delta'; sites: RosterRow[] }
  | { type: 'mcu'; mcus: McuLoad[] }
  | Scenario
  | { type: 'votes'; votes: Vote[] }
  | Roll
  | DrillMessage
  | { type: 'beat'; t: number }
  | Posts
  | { type: 'ok'; id: number }
  | { type: 'replaced'; agent: string }
  | { type: 'ended' }
  | Challenge
  | { type: 'participants'; sites: SiteName[] }
  | { type: 'removed'; code: string }
  | { type: 'pong'; t: number }

/** One of the MCUs at which this page may be served. */
export interface Post {
  mcu: string
  url: string
}

export interface Posts {
  type: 'posts'
  /** Which of them serves this page. */
  here: string
  /** Of the root: a lower one than was heard before is an old root's. */
  epoch: number
  /** In the order of preference. */
  posts: Post[]
}

/** What a page says of itself when it comes. */
export interface Greeting {
  v: number
  token: string
  proof?: DeviceProof
  pin?: string
  kind: EndpointKind
  capture: boolean
  agent: string
  director: boolean
}

export interface Hello extends Greeting {
  type: 'hello'
  takeover: boolean
}

/** What a page measured since its last report; every figure may be missing. */
export interface Measurement {
  rtt_ms?: number
  loss_up?: number
  loss_down?: number
  jitter_ms?: number
  fps?: number
  freezes?: number
  width?: number
  height?: number
  sound_gap?: number
}

/** Commands that are answered by `ok` or `error`; the sender adds the `id`. */
export type Command =
  | { type: 'mic'; open: boolean }
  | { type: 'camera'; on: boolean }
  | { type: 'hand'; up: boolean }
  | { type: 'content'; on: boolean }
  | { type: 'give_floor'; site: string; beside?: boolean }
  | { type: 'take_floor'; site?: string }
  | { type: 'next'; site: string | null }
  | { type: 'layout'; layout: string }
  | { type: 'mute'; site: string }
  | { type: 'mute_all'; locked?: boolean }
  | { type: 'lower_hand'; site: string }
  | { type: 'stop_content' }
  | { type: 'undo' }
  | { type: 'end_meeting' }
  | { type: 'merge' }
  | { type: 'hands_via_parent'; on: boolean }
  | { type: 'forward_hand'; site: string }
  | { type: 'doors'; ask: boolean }
  | { type: 'admit'; site: string }
  | { type: 'remove'; site: string }
  | { type: 'restore'; site: string }
  | { type: 'lock'; on: boolean }
  | { type: 'show_roster'; site: string; on: boolean }
  | { type: 'look'; layout: string; sites: string[] }
  | { type: 'test'; site: string; on: boolean }
  | ScenarioCommand
  | VoteCommand
  | RollCommand
  | DrillCommand

export type ClientMessage =
  | Hello
  | ({ type: 'warm' } & Greeting)
  | { type: 'knock'; v: number }
  | (Command & { id: number })
  | { type: 'answer'; sdp: string }
  | ({ type: 'report' } & Measurement)
  | Drilled
  | { type: 'leave' }
  | { type: 'ping'; t: number }
  | { type: 'watch_stills'; sites: string[] }

/** Close codes that tell why, for when the message before them was lost. */
export const CLOSE_REPLACED = 4009
export const CLOSE_ENDED = 4010
export const CLOSE_MOVED = 4011
export const CLOSE_REMOVED = 4403

/** Refusals that another try with the same link cannot cure. */
export const FINAL_REFUSALS: ReadonlySet<string> = new Set([
  'version',
  'token_invalid',
  'token_expired',
  'unknown_site',
  'proof_invalid',
  'revoked',
  'removed',
  'locked',
  'pin_required',
  'pin_wrong',
  'pin_used_up',
  'no_h264',
  'no_opus',
])
