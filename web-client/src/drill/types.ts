/** Drills as the office tells them (`GET /api/v1/meetings/{id}/drills`). */

import type { Drill } from '../signalling/drill'

export interface DrillEvidence {
  /** The rehearsal in which it was had. */
  meeting: string
  title: string
  zone: string
  drill: Drill
}
