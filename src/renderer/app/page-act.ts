import { useRouter, useRouterState, type NavigateOptions } from '@tanstack/react-router'
import { useEffect } from 'react'
import { asked } from './asked.ts'

/** Procedures that a page begins with a form, a dialog or a press of its own: whoever asks for one is taken to that page. */
export type PageAct =
  | 'vault.choose'
  | 'vault.add'
  | 'vault.replace'
  | 'vault.rename'
  | 'vault.remove'
  | 'repositories.test'
  | 'repositories.edit'
  | 'repositories.remove'
  | 'repositories.posture'
  | 'clusters.edit'
  | 'clusters.remove'
  | 'clusters.forgetHost'
  | 'masters.save'
  | 'masters.disconnect'
  | 'masters.changeSettings'
  | 'masters.setOwnSchedule'
  | 'restore.startRollback'
  | 'retention.setRules'
  | 'retention.apply'
  | 'retention.pin'
  | 'retention.unpin'
  | 'drills.start'
  | 'drills.setSchedule'
  | 'runbooks.changeAnswers'
  | 'runbooks.takeOver'
  | 'runbooks.accept'
  | 'runbooks.close'
  | 'runbooks.report'
  | 'jobs.cancel'
  | 'jobs.resume'
  | 'jobs.dismiss'
  | 'audit.verify'
  | 'audit.export'
  | 'settings.set'
  | 'setup.export'
  | 'setup.importApply'

interface Asked {
  readonly does: PageAct
  /** The id of what it is done to, or what else tells which one. */
  readonly of: string
  /** The page that begins it. */
  readonly at: string
}

const act = asked<Asked | null>(null)

/** Goes to a page and has it begin something there. */
export function useBeginAt(): (does: PageAct, of: string, where: NavigateOptions) => void {
  const router = useRouter()
  return (does, of, where) => {
    act.ask({ does, of, at: router.buildLocation(where).pathname })
    void router.navigate(where)
  }
}

/** Begins what was asked for here. `begin` says whether it did: what is still loading begins it later, or never. */
export function usePageAct(does: PageAct, begin: (of: string) => boolean): void {
  const wanted = act.useAsked()
  // Of the page that is shown: the one that is being left would begin it and be gone with it.
  const shown = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  useEffect(() => {
    if (wanted?.does !== does || wanted.at !== shown || act.now() !== wanted) return
    if (begin(wanted.of)) act.ask(null)
  })
}

/** What was asked for at a page that was left without it is not begun there another day. */
export function useForgottenAct(pathname: string): void {
  useEffect(() => {
    const wanted = act.now()
    if (wanted !== null && wanted.at !== pathname) act.ask(null)
  }, [pathname])
}
