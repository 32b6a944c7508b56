/** Camera, microphone and loudspeaker: which there are, which was chosen, and why one is not there. */

export type DeviceKind = 'videoinput' | 'audioinput' | 'audiooutput'
export type CaptureKind = 'video' | 'audio'
/** Why a device gives nothing; each has its sentence in the dictionaries. */
export type CaptureProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'failed'

export interface Choice {
  videoinput: string
  audioinput: string
  audiooutput: string
}

export interface Capture {
  video: MediaStreamTrack | null
  audio: MediaStreamTrack | null
  problem: Partial<Record<CaptureKind, CaptureProblem>>
}

const KEY = 'nhipcau.devices'

export function loadChoice(): Choice {
  const empty: Choice = { videoinput: '', audioinput: '', audiooutput: '' }
  try {
    return { ...empty, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choice>) }
  } catch {
    return empty
  }
}

export function saveChoice(choice: Choice): void {
  localStorage.setItem(KEY, JSON.stringify(choice))
}

/** Whether the machine has anything to capture with; known before anybody is asked. */
export async function hasCaptureDevice(): Promise<boolean> {
  const devices = await listDevices()
  return devices.some(({ kind }) => kind !== 'audiooutput')
}

export async function listDevices(): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices?.enumerateDevices()) ?? []
}

export function videoWish(deviceId: string): MediaTrackConstraints {
  return {
    ...(deviceId ? { deviceId: { ideal: deviceId } } : {}),
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 25, max: 30 },
  }
}

export function audioWish(deviceId: string, processing: boolean): MediaTrackConstraints {
  return {
    ...(deviceId ? { deviceId: { ideal: deviceId } } : {}),
    echoCancellation: processing,
    noiseSuppression: processing,
    autoGainControl: processing,
    channelCount: 1,
  }
}

/**
 * Open camera and microphone together, so that a person is asked once; where that fails, one by
 * one, so that a room with only one of them takes part with that. Never throws.
 */
export async function capture(choice: Choice, processing: boolean): Promise<Capture> {
  const wish = {
    video: videoWish(choice.videoinput),
    audio: audioWish(choice.audioinput, processing),
  }
  const both = await open(wish)
  if (both.stream !== null) return captured(both.stream)
  if (both.problem === 'denied' || both.problem === 'insecure') {
    const { problem } = both
    return { video: null, audio: null, problem: { video: problem, audio: problem } }
  }
  const video = await open({ video: wish.video })
  const audio = await open({ audio: wish.audio })
  return {
    video: video.stream?.getVideoTracks()[0] ?? null,
    audio: audio.stream?.getAudioTracks()[0] ?? null,
    problem: {
      ...(video.problem ? { video: video.problem } : {}),
      ...(audio.problem ? { audio: audio.problem } : {}),
    },
  }
}

function captured(stream: MediaStream): Capture {
  return {
    video: stream.getVideoTracks()[0] ?? null,
    audio: stream.getAudioTracks()[0] ?? null,
    problem: {},
  }
}

type Opened = { stream: MediaStream; problem: null } | { stream: null; problem: CaptureProblem }

async function open(wish: MediaStreamConstraints): Promise<Opened> {
  if (navigator.mediaDevices === undefined) return { stream: null, problem: 'insecure' }
  try {
    return { stream: await navigator.mediaDevices.getUserMedia(wish), problem: null }
  } catch (error) {
    return { stream: null, problem: problemOf(error) }
  }
}

export function problemOf(error: unknown): CaptureProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    case 'SecurityError':
      return 'insecure'
    default:
      return 'failed'
  }
}

/** A screen or window to share; null when the person thinks better of it. */
export async function captureScreen(): Promise<MediaStreamTrack | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 10, max: 15 }, width: { max: 1920 }, height: { max: 1080 } },
      audio: false,
    })
    return stream.getVideoTracks()[0] ?? null
  } catch {
    return null
  }
}
