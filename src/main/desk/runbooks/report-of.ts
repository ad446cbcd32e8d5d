import type { Desk } from '../desk.ts'
import { reportFile } from './report/report-file.ts'

/** One run as a file to be kept, with the head of the audit chain as it is now. */
export async function reportOf(
  id: string,
  as: 'html' | 'json',
  { runbooks, audit, clock, version }: Pick<Desk, 'runbooks' | 'audit' | 'clock' | 'version'>,
): Promise<{ name: string; text: string }> {
  const run = runbooks.get(id)
  const { entries, head } = await audit.status()
  return reportFile(run, as, {
    madeAt: new Date(clock.now()).toISOString(),
    madeBy: runbooks.actor,
    version,
    audit: head === null ? null : { seq: entries, hash: head },
    signed: run.signed,
  })
}
