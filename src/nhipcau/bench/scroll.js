// Scrolls the wall up and down for `ms`, a step in each picture; returns when each was drawn, ms.
async (ms) => {
  const wall = document.querySelector('[data-testid=wall]')
  const times = []
  let step = 24
  const next = () => new Promise((resolve) => requestAnimationFrame(resolve))
  for (let now = await next(), end = now + ms; now < end; now = await next()) {
    times.push(now)
    if (wall.scrollTop + wall.clientHeight >= wall.scrollHeight - 1) step = -24
    if (wall.scrollTop <= 0) step = 24
    wall.scrollTop += step
  }
  return times
}
