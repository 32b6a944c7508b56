/** The room's own devices as reactive state: tracks, choice, problems, switches. */

import { computed, onScopeDispose, reactive, ref, shallowRef } from 'vue'

import {
  audioWish,
  capture,
  captureScreen,
  listDevices,
  loadChoice,
  problemOf,
  saveChoice,
  videoWish,
  type CaptureKind,
  type CaptureProblem,
  type DeviceKind,
} from '../media/devices'

export function useCapture(processing: boolean) {
  const video = shallowRef<MediaStreamTrack | null>(null)
  const audio = shallowRef<MediaStreamTrack | null>(null)
  const screen = shallowRef<MediaStreamTrack | null>(null)
  const problem = reactive<Partial<Record<CaptureKind, CaptureProblem>>>({})
  const choice = reactive(loadChoice())
  const devices = shallowRef<MediaDeviceInfo[]>([])
  /** True once camera and microphone were asked for, whatever came of it. */
  const settled = ref(false)
  let asking = false
  const selfStream = computed(() => (video.value ? new MediaStream([video.value]) : null))

  function take(kind: CaptureKind, track: MediaStreamTrack | null): void {
    const slot = kind === 'video' ? video : audio
    if (slot.value !== track) slot.value?.stop()
    slot.value = track
    if (track === null) return
    delete problem[kind]
    track.onended = () => {
      if (slot.value !== track) return
      slot.value = null
      problem[kind] = 'missing'
    }
  }

  async function refresh(): Promise<void> {
    devices.value = await listDevices()
  }

  /** Ask for camera and microphone; may be called again after a failure. */
  async function start(): Promise<void> {
    if (asking) return
    asking = true
    const got = await capture({ ...choice }, processing)
    asking = false
    take('video', got.video)
    take('audio', got.audio)
    Object.assign(problem, got.problem)
    settled.value = true
    await refresh()
  }

  async function open(kind: CaptureKind): Promise<void> {
    const wish =
      kind === 'video'
        ? { video: videoWish(choice.videoinput) }
        : { audio: audioWish(choice.audioinput, processing) }
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wish)
      take(kind, stream.getTracks()[0] ?? null)
    } catch (error) {
      problem[kind] = problemOf(error)
    }
  }

  /** Use another device from now on, and after the next reload too. */
  async function choose(kind: DeviceKind, deviceId: string): Promise<void> {
    choice[kind] = deviceId
    saveChoice({ ...choice })
    if (kind === 'videoinput') await open('video')
    if (kind === 'audioinput') await open('audio')
  }

  async function shareScreen(): Promise<boolean> {
    screen.value = await captureScreen()
    return screen.value !== null
  }

  function stopScreen(): void {
    screen.value?.stop()
    screen.value = null
  }

  /** Let go of every device; `start` takes them again. */
  function release(): void {
    stopScreen()
    take('video', null)
    take('audio', null)
    settled.value = false
  }

  /** A device was plugged in: use it if there was none. */
  async function replugged(): Promise<void> {
    await refresh()
    if (!settled.value) return
    const has = (kind: DeviceKind) => devices.value.some((device) => device.kind === kind)
    if (video.value === null && problem.video === 'missing' && has('videoinput')) await open('video')
    if (audio.value === null && problem.audio === 'missing' && has('audioinput')) await open('audio')
  }

  const onDevices = () => void replugged()
  navigator.mediaDevices?.addEventListener('devicechange', onDevices)
  onScopeDispose(() => {
    navigator.mediaDevices?.removeEventListener('devicechange', onDevices)
    release()
  })

  return {
    video,
    audio,
    screen,
    problem,
    choice,
    devices,
    settled,
    selfStream,
    start,
    release,
    choose,
    shareScreen,
    stopScreen,
  }
}

export type CaptureState = ReturnType<typeof useCapture>
