// Runs in a far end's page before its own scripts: keeps the program's track of every connection and
// notes of each of its pictures when it was due on the screen, and of the speaker's cell in it the
// colour of its left margin and whether the finest hand of the clock moved.
(() => {
  const marks = [];
  window.nhipcauOnAir = marks;
  // Left, top, width and height of the speaker's cell, in shares of the picture.
  window.nhipcauOnAirCell = [0, 0, 1, 1];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener("track", ({ transceiver, track }) => {
        if (transceiver.mid === "program") watch(track);
      });
    }
  };

  function watch(track) {
    const video = document.createElement("video");
    video.srcObject = new MediaStream([track]);
    video.muted = true;
    video.play();
    const margin = brush(4, 4);
    const hand = brush(48, 16);
    let before = null;
    const look = (_now, frame) => {
      paint(margin, video, [0.03, 0.3, 0.05, 0.2]);
      paint(hand, video, [0.52, 0.66, 0.2, 0.2]);
      const [red, green, blue] = mean(margin.getImageData(0, 0, 4, 4).data);
      const now = hand.getImageData(0, 0, 48, 16).data;
      const moved = before !== null && differs(before, now);
      before = now;
      marks.push([performance.timeOrigin + frame.expectedDisplayTime, red, green, blue, moved]);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  }

  /** Draw a part of the speaker's cell, given in shares of it, over all of a canvas. */
  function paint(canvas, video, [left, top, wide, high]) {
    const [cellLeft, cellTop, cellWide, cellHigh] = window.nhipcauOnAirCell;
    canvas.drawImage(
      video,
      (cellLeft + left * cellWide) * video.videoWidth,
      (cellTop + top * cellHigh) * video.videoHeight,
      wide * cellWide * video.videoWidth,
      high * cellHigh * video.videoHeight,
      0,
      0,
      canvas.canvas.width,
      canvas.canvas.height,
    );
  }

  function brush(wide, high) {
    return new OffscreenCanvas(wide, high).getContext("2d", { willReadFrequently: true });
  }

  function mean(data) {
    const sum = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      for (let part = 0; part < 3; part += 1) sum[part] += data[at + part];
    }
    return sum.map((total) => (4 * total) / data.length);
  }

  /** Another digit changes tens of levels in many places; what the encoder does, a few in some. */
  function differs(one, other) {
    let far = 0;
    for (let at = 0; at < one.length; at += 4) far += Math.abs(one[at] - other[at]) > 40;
    return far > 8;
  }
})();
