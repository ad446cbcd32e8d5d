import type { Page } from 'playwright/test'

/** By the address of a page (the part after "#"), the screens of the walks that show it. */
export const pages: Readonly<Record<string, readonly string[]>> = {
  '/': ['fleet', 'fleet-empty', 'fleet-connected'],
  '/add': ['add-cluster'],
  '/add/repository': ['add-repository'],
  '/repositories': ['repositories'],
  '/repositories/$id': ['repository'],
  '/runbooks': ['runbooks', 'runbooks-none'],
  '/runbooks/$runId': ['run-check', 'run-wait', 'run-accepted'],
  '/recover': ['recover-1-cluster', 'recover-2-situation', 'recover-3-runbook', 'recover-4-begin'],
  '/drills': ['drills-fleet'],
  '/drills/$id': ['drills-none', 'drills', 'drills-trend'],
  '/activity/jobs': ['jobs-list'],
  '/activity/jobs/$id': ['jobs', 'drill-result', 'snapshot-job', 'job-interrupted', 'restore-interrupted'],
  '/activity/audit': ['audit-chain'],
  '/settings': ['settings'],
  '/clusters/$id/overview': ['cluster-overview', 'masters-health', 'not-found'],
  '/clusters/$id/backups': ['backups-stores', 'backups-hashes', 'backups-connected'],
  '/clusters/$id/chain': ['chain-map'],
  '/clusters/$id/schedule': ['schedule', 'schedule-not-connected', 'schedule-both'],
  '/clusters/$id/connection': ['cluster-connection', 'cluster-change', 'masters-connected'],
  '/clusters/$id/activity': ['cluster-activity'],
  '/clusters/$id/restore/$backupId': ['restore-1-choose', 'error'],
}

/** By the file that opens something above the page, the screens that show it. */
export const overlays: Readonly<Record<string, readonly string[]>> = {
  'app/help-dialog.tsx': ['keys'],
  'app/palette/palette.tsx': ['palette', 'palette-hash'],
  'areas/access/unknown-host.tsx': ['host-trust'],
  'areas/activity/cancel-job.tsx': ['job-cancel'],
  'areas/activity/job-centre.tsx': ['job-centre'],
  'areas/drills/drill-dialog.tsx': ['drill'],
  'areas/masters/snapshot-dialog.tsx': ['snapshot'],
  'areas/repositories/repository-acts.tsx': ['repository-change', 'repository-remove'],
  'areas/runbooks/acceptance-sheet.tsx': ['acceptance-sheet'],
  'areas/runbooks/change-answers.tsx': ['run-change'],
  'areas/runbooks/close-run.tsx': ['run-close'],
  'areas/runbooks/confirm-form.tsx': ['run-confirm-typed'],
  'areas/runbooks/export-report.tsx': ['run-export'],
  'areas/runbooks/run-head.tsx': ['run-evidence'],
  'areas/runbooks/skip-dialog.tsx': ['run-skip'],
  'areas/runbooks/take-back.tsx': ['run-take-back'],
  'areas/runbooks/take-over.tsx': ['run-where-were-we'],
  'areas/schedule/drill-schedule-dialog.tsx': ['schedule-drills'],
  'areas/schedule/own-schedule-dialog.tsx': ['schedule-own'],
  'areas/schedule/pin-dialog.tsx': ['retention-pin'],
  'areas/schedule/preview-dialog.tsx': ['retention-preview'],
  'areas/schedule/rules-dialog.tsx': ['retention-rules'],
  'areas/schedule/settings-dialog.tsx': ['schedule-preview'],
  'areas/settings/anchor-section.tsx': ['settings-anchor'],
  'areas/settings/credentials-section.tsx': ['secret-rename', 'secret-remove'],
  'areas/settings/hosts-section.tsx': ['settings-forget-host'],
  'areas/settings/setup-section.tsx': ['settings-import'],
  'areas/settings/targets-section.tsx': ['settings-roll-back'],
  'areas/settings/vault-section.tsx': ['vault-choice'],
  'areas/vault/secret-dialog.tsx': ['secret-s3', 'secret-key', 'secret-replace'],
  'areas/vault/unlock-dialog.tsx': ['unlock'],
  'areas/verify/copy-dialog.tsx': ['copy'],
  'areas/verify/key-check-dialog.tsx': ['key-check'],
  'areas/verify/verify-dialog.tsx': ['verify'],
  'ui/copy-table.tsx': ['table-menu'],
}

/** By the file of a part that a page or a dialog shows at times, the screens that show it. */
export const parts: Readonly<Record<string, readonly string[]>> = {
  'app/not-found.tsx': ['no-such-page'],
  'app/not-connected.tsx': ['no-session'],
  'areas/access/host-question.tsx': ['host-question'],
  'areas/add/test-pane.tsx': ['add-cluster'],
  'areas/backups/backup-pane.tsx': ['backups-stores'],
  'areas/backups/backups-screen.tsx': ['backups-stores'],
  'areas/backups/compare-tab.tsx': ['backups-compare'],
  'areas/backups/contents-tab.tsx': ['backups-contents'],
  'areas/backups/history-tab.tsx': ['backups-history'],
  'areas/backups/manifest-tab.tsx': ['backups-manifest'],
  'areas/backups/stores-tab.tsx': ['backups-stores', 'backups-hashes'],
  'areas/chain/chain-screen.tsx': ['chain-map'],
  'areas/chain/object-panel.tsx': ['chain-map'],
  'areas/masters/connection-form.tsx': ['masters-connect'],
  'areas/repositories/browse-view.tsx': ['repository'],
  'areas/repositories/posture-view.tsx': ['repository'],
  'areas/repositories/usage-view.tsx': ['repository'],
  'areas/runbooks/begin-page.tsx': ['recover-4-begin'],
  'areas/runbooks/choice-form.tsx': ['run-choice'],
  'areas/runbooks/cluster-page.tsx': ['recover-1-cluster'],
  'areas/runbooks/manual-form.tsx': ['run-manual'],
  'areas/runbooks/run-screen.tsx': ['run-check'],
  'areas/runbooks/scenario-page.tsx': ['recover-3-runbook'],
  'areas/runbooks/situation-page.tsx': ['recover-2-situation'],
  'areas/runbooks/step-panel.tsx': ['run-action', 'run-wait'],
  'areas/settings/anchor-form.tsx': ['settings-anchor'],
  'areas/settings/import-form.tsx': ['settings-import'],
  'areas/settings/import-plan.tsx': ['settings-import'],
  'areas/vault/secret-form.tsx': [
    'secret-s3',
    'secret-key',
    'secret-login',
    'secret-token',
    'secret-password',
  ],
  'areas/vault/unlock-form.tsx': ['unlock'],
  'areas/verify/work-question.tsx': ['verify', 'copy', 'key-check'],
  'wizards/restore/check-step.tsx': ['restore-2-check'],
  'wizards/restore/choose-step.tsx': ['restore-1-choose'],
  'wizards/restore/confirm-step.tsx': ['restore-4-confirm'],
  'wizards/restore/plan-step.tsx': ['restore-3-plan'],
  'wizards/restore/roll-back.tsx': ['restore-6-roll-back'],
  'wizards/restore/run-step.tsx': [
    'restore-running',
    'restore-5-result',
    'restore-7-rolled-back',
    'restore-failed',
    'restore-cancelled',
  ],
}

/** What a screen is said to show and does not: another page's address, or nothing above the page. */
export async function misplaced(screen: string, page: Page): Promise<readonly string[]> {
  const found: string[] = []
  const path = /#([^?]*)/.exec(page.url())?.[1] ?? '/'
  for (const [pattern, screens] of Object.entries(pages)) {
    const shape = new RegExp(`^${pattern.replaceAll(/\$\w+/g, '[^/]+')}$`)
    if (screens.includes(screen) && !shape.test(path))
      found.push(`${screen} is at ${path}, not at ${pattern}`)
  }
  const above = page.locator('[role="dialog"], [role="menu"]').locator('visible=true')
  if (Object.values(overlays).some((screens) => screens.includes(screen)) && (await above.count()) === 0) {
    found.push(`${screen}: nothing is above the page`)
  }
  return found
}
