/* Watches a room's page, picture by picture, while something happens to its MCU. */
e2e.watch = (tones) => {
  const began = performance.now()
  const now = () => performance.now() - began
  const seen = { tallies: [], troubles: [], places: [], clock: [], frames: [], light: [], sound: [], errors: [] }
  const one = (testid) => document.querySelector(`[data-testid=${testid}]`)
  let over = false

  const changed = (list, what) => {
    if (list.at(-1)?.[1] !== what) list.push([now(), what])
  }
  const place = (element) => {
    const { x, y, width, height } = element?.getBoundingClientRect() ?? {}
    return [x, y, width, height].map(Math.round).join()
  }
  const look = () => {
    if (over) return
    const alarm = document.querySelector('[role=alert], [role=alertdialog]')
    const { state } = document.querySelector('main').dataset
    changed(seen.tallies, `${state} ${one('tally')?.innerText ?? ''}`)
    const dimmed = document.querySelector('.live--lost') === null ? '' : 'dimmed'
    changed(seen.troubles, [one('lost')?.innerText, alarm?.innerText, dimmed].filter(Boolean).join())
    changed(seen.places, place(one('program')))
    changed(seen.clock, one('cue-line')?.innerText ?? 'no clock')
    seen.light.push([now(), light()])
    requestAnimationFrame(look)
  }

  /** How bright the program is, 0 to 255: black is nothing. */
  const canvas = document.createElement('canvas')
  canvas.width = 16
  canvas.height = 9
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const light = () => {
    context.clearRect(0, 0, 16, 9)
    context.drawImage(one('program'), 0, 0, 16, 9)
    const { data } = context.getImageData(0, 0, 16, 9)
    let sum = 0
    for (let at = 0; at < data.length; at += 4) sum += data[at] + data[at + 1] + data[at + 2]
    return sum / (3 * 16 * 9)
  }
  const frame = () => {
    seen.frames.push(now())
    if (!over) one('program').requestVideoFrameCallback(frame)
  }

  /* What the sound element plays, whichever track that comes from. */
  const ears = new AudioContext({ sampleRate: 48000 })
  const analyser = new AnalyserNode(ears, { fftSize: 2048, smoothingTimeConstant: 0 })
  const wave = new Float32Array(1024)
  const bins = new Float32Array(analyser.frequencyBinCount)
  let [track, source] = [null, null]
  const power = (hz) => {
    const bin = (at) => Math.round((at / 24000) * bins.length)
    let sum = 0
    for (let at = bin(hz * 0.96); at <= bin(hz * 1.04); at += 1) sum += 10 ** (bins[at] / 10)
    return sum
  }
  const listen = () => {
    const tracks = one('sound').srcObject.getAudioTracks()
    if (tracks.length !== 1) seen.errors.push(`${tracks.length} sounds at once`)
    if (tracks[0] !== track) {
      source?.disconnect()
      track = tracks[0]
      source = ears.createMediaStreamSource(new MediaStream([track]))
      source.connect(analyser)
    }
    analyser.getFloatTimeDomainData(wave)
    analyser.getFloatFrequencyData(bins)
    const level = Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length)
    seen.sound.push([now(), level, ...tones.map(power)])
  }
  const timer = setInterval(listen, 20)
  const broke = ({ message }) => seen.errors.push(message)
  addEventListener('error', broke)

  void ears.resume()
  one('program').requestVideoFrameCallback(frame)
  requestAnimationFrame(look)
  e2e.now = now
  e2e.watched = () => {
    over = true
    seen.ended = now()
    clearInterval(timer)
    removeEventListener('error', broke)
    void ears.close()
    return seen
  }
}

// What Playwright would call, were it the last value of the file, is a function.
void 0
