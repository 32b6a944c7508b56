/** Who is connected to a call's conference now, as its own MCU says. */

import { computed, onScopeDispose, ref } from 'vue'

import { useRoster } from '../conference/useRoster'
import { agentName } from '../signalling/agent'
import { PROTOCOL_VERSION } from '../signalling/protocol'
import { SignallingSocket } from '../signalling/socket'
import { signalUrl } from '../signalling/wire'
import type { Called } from './callerSocket'

export function usePresence(called: Called) {
  const roster = useRoster()
  const joined = ref(false)
  const socket = new SignallingSocket(() => signalUrl(called.url), {
    ready: Promise.resolve(),
    hello: () => ({
      v: PROTOCOL_VERSION,
      token: called.token,
      kind: 'viewer',
      capture: false,
      agent: agentName(),
      director: false,
    }),
    // The picture is the chair's page's affair: the offer stays unanswered.
    on_message: roster.handle,
    on_binary: () => undefined,
    on_link: (link) => (joined.value = link.phase === 'joined'),
  })
  socket.start()
  onScopeDispose(() => socket.leave())
  return {
    joined,
    present: computed(() => new Set(roster.list.value.filter((row) => row.present).map(({ site }) => site))),
  }
}
