/** A QR code as one path of an SVG, drawn in this page: the secret in it goes nowhere. Pure. */

import { encode } from 'uqr'

export interface QrPath {
  /** Modules along one side, the quiet zone included. */
  size: number
  path: string
}

/** The quiet zone of four modules. Source: ISO/IEC 18004 §5.3.8. */
const QUIET = 4

export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET })
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
  )
  return { size, path: runs.join('') }
}
