/** The tabs of a meeting's page, in their order; each is a file of its own, loaded when it is opened. */

import type { Component } from 'vue'

export type TabKey = 'information' | 'participants' | 'scenario' | 'duties' | 'backup' | 'papers' | 'report' | 'history'

export interface Tab {
  key: TabKey
  load: () => Promise<Component>
  /** Tables and fields of the plan that are written here, for counting problems. */
  parts: readonly string[]
}

export const TABS: readonly Tab[] = [
  { key: 'information', load: () => import('../components/planning/InformationTab.vue'), parts: ['header'] },
  { key: 'participants', load: () => import('../components/planning/ParticipantsTab.vue'), parts: ['participants'] },
  { key: 'scenario', load: () => import('../components/planning/ScenarioTab.vue'), parts: ['cues'] },
  { key: 'duties', load: () => import('../components/planning/DutiesTab.vue'), parts: ['tasks'] },
  { key: 'backup', load: () => import('../components/planning/BackupTab.vue'), parts: ['cases', 'standins'] },
  { key: 'papers', load: () => import('../components/planning/PapersTab.vue'), parts: ['papers'] },
  { key: 'report', load: () => import('../components/planning/ReportTab.vue'), parts: [] },
  { key: 'history', load: () => import('../components/planning/HistoryTab.vue'), parts: [] },
]

export function tabOf(part: string): TabKey {
  const section = part.split('/', 1)[0] ?? ''
  return TABS.find(({ parts }) => parts.includes(section))?.key ?? 'information'
}
