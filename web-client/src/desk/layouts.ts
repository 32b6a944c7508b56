/** Where the cells of the shipped layouts lie, to draw them small; others are drawn as a grid. */

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

type At = readonly [left: number, top: number, width: number, height: number]

interface Drawing {
  grid: number
  at: readonly At[]
}

function squares(side: number): Drawing {
  const at = Array.from(
    { length: side * side },
    (_, n): At => [n % side, Math.floor(n / side), 1, 1],
  )
  return { grid: side, at }
}

const DRAWINGS: Readonly<Record<string, Drawing>> = {
  speaker: squares(1),
  duo: { grid: 4, at: [[0, 1, 2, 2], [2, 1, 2, 2]] },
  '1+2': { grid: 6, at: [[0, 1, 4, 4], [4, 1, 2, 2], [4, 3, 2, 2]] },
  '1+7': {
    grid: 4,
    at: [
      [0, 0, 3, 3],
      ...[0, 1, 2].map((row): At => [3, row, 1, 1]),
      ...[0, 1, 2, 3].map((column): At => [column, 3, 1, 1]),
    ],
  },
  '1+8': {
    grid: 10,
    at: [
      [0, 0, 8, 8],
      ...[0, 2, 4, 6].map((row): At => [8, row, 2, 2]),
      ...[0, 2, 4, 6].map((column): At => [column, 8, 2, 2]),
    ],
  },
}

/** The boxes of a layout on a canvas of 48 × 27, a thin line apart. */
export function drawLayout(name: string, cells: number): Box[] {
  const { grid, at } = DRAWINGS[name] ?? squares(Math.ceil(Math.sqrt(cells)))
  const [unitX, unitY] = [48 / grid, 27 / grid]
  return at.map(([left, top, width, height]) => ({
    x: left * unitX + 0.75,
    y: top * unitY + 0.75,
    width: width * unitX - 1.5,
    height: height * unitY - 1.5,
  }))
}
