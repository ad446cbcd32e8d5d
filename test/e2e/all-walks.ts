import type { Page } from 'playwright/test'
import type { Holdfast } from './holdfast.ts'
import { walkHosts } from './walk-hosts.ts'
import { walkQuestions } from './walk-questions.ts'
import { walkRestores } from './walk-restores.ts'
import { walkRunbooks } from './walk-runbooks.ts'
import { walkDemonstration, walkFirstStart, walkMasters, type Visit } from './walks.ts'

/** Every screen of the window is on one of them. */
export const walks = {
  'Every screen of the desk, and every step of a restore': walkDemonstration,
  'The first start': walkFirstStart,
  'Masters, snapshots, schedules and drills': walkMasters,
  'The key of a host that is not known': walkHosts,
  Runbooks: walkRunbooks,
  'Menus, questions and toasts': walkQuestions,
  'Restores on their way, stopped, interrupted and taken back': walkRestores,
} satisfies Record<string, (page: Page, holdfast: Holdfast, visit: Visit) => Promise<void>>
