/* Put into every page: reads colours, the spectrum of the received sound, and what it was told. */
window.e2e = {
  /** The last message of each type that the MCU sent to this page. */
  told: {},
  /** The newest connection to the MCU. */
  peer: null,
  /** Bytes that went up the signalling connections, and the sizes of the stills among them. */
  said: 0,
  stills: [],
  /** What this page has sent since it was loaded, by kind of RTP stream and in all. */
  async sent() {
    const sum = { video: 0, audio: 0, height: 0, fps: 0, packets: 0, bytes: 0 }
    for (const entry of (await this.peer.getStats()).values()) {
      if (entry.type === 'outbound-rtp') {
        sum[entry.kind] += entry.packetsSent
        sum.height = Math.max(sum.height, entry.frameHeight ?? 0)
        sum.fps = Math.max(sum.fps, entry.framesPerSecond ?? 0)
      } else if (entry.type === 'transport') {
        sum.packets += entry.packetsSent
        sum.bytes += entry.bytesSent
      }
    }
    return { ...sum, said: this.said, stills: this.stills.length, now: performance.now() }
  },
  video(testid) {
    return document.querySelector(`[data-testid=${testid}]`)
  },
  /** Size and progress of a video, null while there is none. */
  progress(testid) {
    const video = this.video(testid)
    if (!video || !video.videoWidth) return null
    const shown = video.getVideoPlaybackQuality().totalVideoFrames
    return { width: video.videoWidth, height: video.videoHeight, time: video.currentTime, shown }
  },
  /**
   * Mean red, green and blue of each rectangle [x, y, width, height] of the newest picture, brought
   * to the size of the highest rung: a busy machine may be on a lower one.
   */
  colours(testid, rectangles) {
    const video = this.video(testid)
    if (!video || !video.videoWidth) return null
    const [wide, high] = testid === 'content' ? [1920, 1080] : [1280, 720]
    return this.means(video, wide, high, rectangles)
  },
  /** Mean colour of a part of a tile's still picture, in shares of its size; null: there is none. */
  still(site, [x, y, width, height]) {
    const image = document.querySelector(`[data-site="${site}"] [data-testid=still]`)
    if (!image || !image.complete || !image.naturalWidth) return null
    const [wide, high] = [image.naturalWidth, image.naturalHeight]
    const part = [x * wide, y * high, width * wide, height * high].map(Math.round)
    return this.means(image, wide, high, [part])[0]
  },
  means(source, wide, high, rectangles) {
    const canvas = document.createElement('canvas')
    canvas.width = wide
    canvas.height = high
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context.drawImage(source, 0, 0, wide, high)
    return rectangles.map(([x, y, width, height]) => {
      const { data } = context.getImageData(x, y, width, height)
      const sum = [0, 0, 0]
      for (let at = 0; at < data.length; at += 4) {
        for (let part = 0; part < 3; part += 1) sum[part] += data[at + part]
      }
      return sum.map((total) => (total * 4) / data.length)
    })
  },
  /** Mean power in ±4 % around each frequency of the received sound over some seconds. */
  async powers(frequencies, seconds) {
    const stream = document.querySelector('[data-testid=sound]').srcObject
    const context = new AudioContext({ sampleRate: 48000 })
    try {
      await context.resume()
      const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 })
      context.createMediaStreamSource(stream).connect(analyser)
      const bins = new Float32Array(analyser.frequencyBinCount)
      const sums = frequencies.map(() => 0)
      const looks = Math.round(seconds / 0.2)
      for (let look = 0; look < looks; look += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200))
        analyser.getFloatFrequencyData(bins)
        frequencies.forEach((hz, index) => {
          const bin = (at) => Math.round((at / 24000) * bins.length)
          for (let at = bin(hz * 0.96); at <= bin(hz * 1.04); at += 1) {
            sums[index] += 10 ** (bins[at] / 10)
          }
        })
      }
      return sums.map((sum) => sum / looks)
    } finally {
      await context.close()
    }
  },
}

window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args)
    this.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') return
      const message = JSON.parse(data)
      e2e.told[message.type] = message
    })
  }
  send(data) {
    const size = typeof data === 'string' ? data.length : (data.size ?? data.byteLength)
    e2e.said += size
    if (typeof data !== 'string') e2e.stills.push(size)
    super.send(data)
  }
}

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...args) {
    super(...args)
    e2e.peer = this
  }
}
