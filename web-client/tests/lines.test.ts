import { expect, it } from 'vitest'

import { withStartBitrate } from '../src/media/lines'

const video = (direction: string) =>
  `m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=${direction}\r\na=rtpmap:102 H264/90000\r\n` +
  'a=fmtp:102 packetization-mode=1;profile-level-id=42e01f\r\n'
const audio = 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\na=fmtp:111 useinbandfec=1\r\n'

it('asks for a start bitrate on the pictures that we send, and changes nothing else', () => {
  const offer = `v=0\r\n${video('recvonly')}${audio}${video('sendonly')}`
  const asked = withStartBitrate(offer)
  expect(asked).toBe(
    offer.replace(
      'profile-level-id=42e01f\r\n',
      'profile-level-id=42e01f;x-google-start-bitrate=800\r\n',
    ),
  )
  expect(asked.match(/x-google/g)).toHaveLength(1)
})
