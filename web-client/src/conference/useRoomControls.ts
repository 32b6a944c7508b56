/**
 * What a room does with its own microphone, camera, hand and screen. The MCU's state is the truth
 * for the microphone and the hand; the room itself is the truth for its camera and its screen.
 */

import { computed, ref, watch } from 'vue'

import type { Conference } from './useConference'

export function useRoomControls(conference: Conference) {
  const { state, capture, joined, ask } = conference
  const cameraWanted = ref(true)
  /** The room closed its microphone and the MCU has not confirmed it yet. */
  const held = ref(false)
  const micAllowed = computed(() => state.value?.mic.open ?? false)
  const micOpen = computed(() => micAllowed.value && !held.value)
  const micLocked = computed(() => (state.value?.mic.locked ?? false) && !micAllowed.value)
  const cameraOn = computed(() => cameraWanted.value && capture.video.value !== null)
  /** A hand is up with the chair, or on its way there through the parent. */
  const handUp = computed(() => state.value?.hand != null || (state.value?.asked ?? false))
  const sharing = computed(() => state.value?.sharing ?? false)

  /** Closing takes effect here at once; opening when the MCU agrees. */
  async function toggleMic(): Promise<void> {
    if (micOpen.value) {
      held.value = true
      return
    }
    held.value = false
    await ask({ type: 'mic', open: true })
  }

  function toggleCamera(): void {
    cameraWanted.value = !cameraWanted.value
  }

  async function toggleHand(): Promise<void> {
    await ask({ type: 'hand', up: !handUp.value })
  }

  async function toggleShare(): Promise<void> {
    if (sharing.value || capture.screen.value) {
      capture.stopScreen()
      await ask({ type: 'content', on: false })
    } else if (await capture.shareScreen()) {
      if (!(await ask({ type: 'content', on: true }))) capture.stopScreen()
    }
  }

  watch([held, capture.audio], ([closed, track]) => {
    if (track) track.enabled = !closed
  })
  // A connection lost in between must not leave the microphone open against the room's will.
  watch([joined, micAllowed, held], ([here, allowed, closed]) => {
    if (!allowed) held.value = false
    else if (here && closed) void ask({ type: 'mic', open: false })
  })
  watch([cameraOn, capture.video], ([on, track]) => {
    if (track) track.enabled = on
  })
  watch([joined, capture.settled, cameraOn, () => state.value?.camera], ([here, settled, on, seen]) => {
    if (here && settled && seen !== undefined && seen !== on) void ask({ type: 'camera', on })
  })
  // The chair ended the sharing, or the page was loaded anew while its screen was shared.
  watch([joined, sharing], ([here, shares], [, shared]) => {
    if (!here) return
    if (shared && !shares) capture.stopScreen()
    if (shares && capture.screen.value === null) void ask({ type: 'content', on: false })
  })
  // The person ended it with the browser's own button.
  watch(capture.screen, (track) => {
    if (track === null) return
    track.onended = () => {
      if (capture.screen.value !== track) return
      capture.stopScreen()
      void ask({ type: 'content', on: false })
    }
  })

  return {
    micOpen,
    micLocked,
    cameraOn,
    handUp,
    sharing,
    toggleMic,
    toggleCamera,
    toggleHand,
    toggleShare,
  }
}

export type RoomControls = ReturnType<typeof useRoomControls>
