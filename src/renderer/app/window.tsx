import { Outlet, useRouterState } from '@tanstack/react-router'
import { JobToasts } from '../areas/activity/job-toasts.tsx'
import { SnapshotQuestion } from '../areas/masters/snapshot-dialog.tsx'
import { UnlockDialog } from '../areas/vault/unlock-dialog.tsx'
import { WorkQuestion } from '../areas/verify/work-question.tsx'
import { LostContext, useChanges } from '../lib/live.ts'
import { useSeen } from '../lib/seen.ts'
import { HelpDialog } from './help-dialog.tsx'
import { useForgottenAct } from './page-act.ts'
import { Palette } from './palette/palette.tsx'
import { useSteadyPress } from './steady-press.ts'

/** What is there on every page and in every wizard. */
export function Window() {
  const lostAt = useChanges()
  useSeen()
  useForgottenAct(useRouterState({ select: ({ location }) => location.pathname }))
  useSteadyPress()
  return (
    <LostContext value={lostAt}>
      <Outlet />
      <SnapshotQuestion />
      <WorkQuestion />
      <UnlockDialog />
      <HelpDialog />
      <Palette />
      <JobToasts />
    </LostContext>
  )
}
