// Runs in a page before its own scripts. As a source it replaces the camera by a canvas that shows
// the time it was drawn; as a far end it reads that time out of the picture and notes how old it is.
// Both pages are in one browser, so that they share one clock.
(() => {
  const BITS = 20;
  const COLUMNS = 5;
  const ROWS = 4;
  const now = () => performance.timeOrigin + performance.now();
  const state = { peers: [], delays: [], read: 0, unread: 0 };
  window.nhipcauTime = state;

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      state.peers.push(this);
    }
  };

  state.camera = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 1280;
    canvas.height = 720;
    const context = canvas.getContext("2d", { alpha: false });
    const stream = canvas.captureStream(0);
    const [track] = stream.getVideoTracks();
    const draw = () => {
      const time = Math.floor(now()) % 2 ** BITS;
      // Neighbouring times differ in one bit: a picture caught between two is one of both.
      const code = time ^ (time >> 1);
      context.fillStyle = "rgb(96, 96, 96)";
      context.fillRect(0, 0, 1280, 720);
      for (let bit = 0; bit < BITS; bit += 1) {
        context.fillStyle = code & (1 << bit) ? "white" : "black";
        context.fillRect(140 + 200 * (bit % COLUMNS), 80 + 140 * Math.floor(bit / COLUMNS), 200, 140);
      }
      track.requestFrame();
    };
    draw();
    setInterval(draw, 40);
    return track;
  };

  if (window.nhipcauIsSource) {
    const devices = navigator.mediaDevices;
    const native = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wanted) => {
      const stream = await native(wanted);
      for (const track of stream.getVideoTracks()) {
        stream.removeTrack(track);
        track.stop();
        stream.addTrack(state.camera());
      }
      return stream;
    };
  }

  state.watch = (track) => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    // Chromium decodes for a page that shows the picture somewhere.
    video.style = "position: fixed; left: 0; top: 0; width: 160px; z-index: 9999";
    document.body.append(video);
    video.play();
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const look = (_now, frame) => {
      context.drawImage(video, 0, 0, 64, 36);
      const data = context.getImageData(0, 0, 64, 36).data;
      let code = 0;
      let sure = true;
      for (let bit = 0; bit < BITS; bit += 1) {
        const x = 12 + 10 * (bit % COLUMNS);
        const y = 7 + 7 * Math.floor(bit / COLUMNS);
        const light = data[4 * (64 * y + x)];
        if (light > 160) code |= 1 << bit;
        else if (light > 64) sure = false;
      }
      let time = code;
      for (let shift = 1; shift < BITS; shift *= 2) time ^= time >> shift;
      const seen = performance.timeOrigin + frame.presentationTime;
      const delay = (Math.floor(seen) % 2 ** BITS) - time;
      if (sure && delay >= 0 && delay < 10_000) {
        state.delays.push(delay);
        state.read += 1;
      } else {
        state.unread += 1;
      }
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  };

  const line = (peer, mid) =>
    peer.getTransceivers().find((one) => one.mid === mid);

  // The far end of a meeting: what it does with its program line, and what it reads there.
  state.watchProgram = () => {
    const peer = state.peers.at(-1);
    state.watch(line(peer, "program").receiver.track);
    return line(peer, "program").receiver.jitterBufferTarget;
  };

  state.sent = () => {
    const sender = line(state.peers.at(-1), "camera").sender;
    return sender.getParameters().encodings[0] ?? {};
  };

  // The same two pages without an MCU between them; descriptions are carried by whoever calls.
  state.call = async (encoding) => {
    const peer = new RTCPeerConnection();
    const [sound] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks();
    const picture = state.camera();
    const stream = new MediaStream([picture, sound]);
    const { sender } = peer.addTransceiver(picture, { direction: "sendonly", streams: [stream] });
    peer.addTransceiver(sound, { direction: "sendonly", streams: [stream] });
    const codecs = RTCRtpSender.getCapabilities("video").codecs;
    const chosen = codecs.filter((one) =>
      one.mimeType === "video/H264" && /42e01f/.test(one.sdpFmtpLine ?? ""));
    peer.getTransceivers()[0].setCodecPreferences(chosen);
    await peer.setLocalDescription();
    await gathered(peer);
    state.begin = async (answer) => {
      await peer.setRemoteDescription(answer);
      const parameters = sender.getParameters();
      Object.assign(parameters.encodings[0], encoding);
      await sender.setParameters(parameters);
    };
    return { type: "offer", sdp: peer.localDescription.sdp };
  };

  state.answer = async (offer, wait) => {
    const peer = new RTCPeerConnection();
    peer.addEventListener("track", ({ track, receiver }) => {
      if (track.kind === "audio") return void play(track);
      receiver.jitterBufferTarget = wait;
      state.watch(track);
    });
    await peer.setRemoteDescription(offer);
    await peer.setLocalDescription();
    await gathered(peer);
    return { type: "answer", sdp: peer.localDescription.sdp };
  };

  function play(track) {
    const audio = new Audio();
    audio.srcObject = new MediaStream([track]);
    audio.play();
  }

  const gathered = (peer) =>
    new Promise((resolve) => {
      if (peer.iceGatheringState === "complete") return void resolve();
      peer.addEventListener("icegatheringstatechange", () => {
        if (peer.iceGatheringState === "complete") resolve();
      });
    });
})();
