// Runs in the far end's page before its own scripts: keeps the remote tracks of every connection,
// then notes when a flash is seen and when a beep is heard, both on performance.now()'s clock.
(() => {
  const tracks = { program: null, sound: null };
  const marks = { flashes: [], beeps: [] };
  window.nhipcauSkew = marks;
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener("track", (event) => {
        if (event.transceiver.mid in tracks) tracks[event.transceiver.mid] = event.track;
        if (tracks.program && tracks.sound) watch();
      });
    }
  };

  let watching = false;
  function watch() {
    if (watching) return;
    watching = true;
    const stream = new MediaStream([tracks.program, tracks.sound]);
    const video = document.createElement("video");
    video.srcObject = stream;
    video.muted = true;
    video.play();
    watchPicture(video);
    watchSound(new MediaStream([tracks.sound]));
  }

  function watchPicture(video) {
    const canvas = new OffscreenCanvas(16, 9);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let bright = false;
    const look = (_now, frame) => {
      context.drawImage(video, 0, 0, 16, 9);
      const data = context.getImageData(0, 0, 16, 9).data;
      let white = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] > 200 && data[i + 1] > 200 && data[i + 2] > 200) white += 1;
      }
      const now = white > 72;
      if (now && !bright) marks.flashes.push(frame.expectedDisplayTime);
      bright = now;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  }

  async function watchSound(stream) {
    const context = new AudioContext({ latencyHint: "interactive" });
    await context.resume();
    const worklet = `
      registerProcessor("beep", class extends AudioWorkletProcessor {
        constructor() { super(); this.loud = false; this.quiet = 0; }
        process(inputs) {
          const block = inputs[0][0];
          if (!block) return true;
          let peak = 0;
          for (const sample of block) peak = Math.max(peak, Math.abs(sample));
          if (peak > 0.1 && !this.loud) { this.loud = true; this.port.postMessage(currentTime); }
          this.quiet = peak > 0.05 ? 0 : this.quiet + 1;
          if (this.quiet > 50) this.loud = false;
          return true;
        }
      });`;
    const url = URL.createObjectURL(new Blob([worklet], { type: "text/javascript" }));
    await context.audioWorklet.addModule(url);
    const node = new AudioWorkletNode(context, "beep");
    node.port.onmessage = (event) => {
      const at = context.getOutputTimestamp();
      marks.beeps.push(at.performanceTime + (event.data - at.contextTime) * 1000);
    };
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  }
})();
