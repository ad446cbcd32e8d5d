import type { Job } from '../../shared/contract/jobs.ts'

/** Tells the operator of each job that ends while they do not see the window: once, by its own outcome. */
export function createFinishTeller({
  isSeen,
  notify,
}: {
  readonly isSeen: () => boolean
  readonly notify: (title: string, text: string) => void
}): (job: Pick<Job, 'id' | 'state' | 'subject' | 'outcome'>) => void {
  const open = new Set<string>()
  return ({ id, state, subject, outcome }) => {
    if (state === 'waiting' || state === 'running') {
      open.add(id)
      return
    }
    if (!open.delete(id) || isSeen()) return
    notify(subject, outcome ?? 'It has ended.')
  }
}
