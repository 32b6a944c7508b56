import { expect, it } from 'vitest'

import { cameraEncoding, withStartBitrate } from '../src/media/lines'

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

const TILE = { height: 360, fps: 30, maxBps: 400_000 }

it('makes a camera of any size and shape fit into what is asked for', () => {
  expect(cameraEncoding(TILE, { width: 1280, height: 720 })).toEqual({
    maxBitrate: 400_000,
    maxFramerate: 30,
    scaleResolutionDownBy: 2,
  })
  expect(cameraEncoding(TILE, { width: 640, height: 360 }).scaleResolutionDownBy).toBe(1)
  expect(cameraEncoding(TILE, { width: 720, height: 1280 }).scaleResolutionDownBy).toBeCloseTo(3.56)
  expect(cameraEncoding(TILE, { width: 1600, height: 600 }).scaleResolutionDownBy).toBeCloseTo(2.5)
  expect(cameraEncoding(TILE, {}).scaleResolutionDownBy).toBe(1)
})

it('never enlarges a picture, nor sends more than a camera is worth', () => {
  const large = { height: 1080, fps: 60, maxBps: 9_000_000 }
  expect(cameraEncoding(large, { width: 640, height: 480 })).toEqual({
    maxBitrate: 1_200_000,
    maxFramerate: 30,
    scaleResolutionDownBy: 1,
  })
})
