import { printable } from '../../../../shared/domain/printable.ts'
import { done, failed, unknown } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { endWords, saidBy } from '../live/on-host.ts'
import { exitReason, pgBackRestCommand } from '../live/pgbackrest.ts'
import { databaseHost, type Site } from './site.ts'

/** The whole repository is read. */
const deadlineMs = 24 * 60 * 60_000

/**
 * pgBackRest's own verify of every backup and all WAL, also of what is compressed or encrypted in a way that is not read here. Run here
 * with 2.45: it ends with exit status 0 whatever it found, so what it says is read, and silence proves nothing.
 */
export async function verifyRepository(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  const command = pgBackRestCommand(site.config, host, ['verify', '--output=text', '--verbose'], deadlineMs)
  const output = await host.run(command, site.session.signal)
  const lines = output.stdout.split('\n').filter((line) => line.trim() !== '')
  const evidence = [
    { name: 'pgbackrest verify', value: endWords(output) },
    ...lines.slice(0, 40).map((line) => ({ name: 'verify', value: printable(line.trim()) })),
  ]
  // From source (build/error.yaml): 31 where an option is not known; the command itself is unknown before 2.30 (command-invalid, 35).
  if (output.code === 31 || output.code === 35) {
    return unknown('This version of pgBackRest has no verify.', {
      evidence,
      next: 'Verify the repository here instead, or update pgBackRest.',
    })
  }
  if (output.code !== 0) {
    const why = [exitReason(output.code) ?? `It ended with ${endWords(output)}.`, saidBy(output)].filter(
      (text) => text !== '',
    )
    return unknown(`pgBackRest did not verify its repository. ${why.join(' ')}`, {
      evidence,
      next: 'Mend what it names, then verify again.',
    })
  }
  const status = /^\s*status: (ok|error)\s*$/m.exec(output.stdout)?.[1]
  if (status === 'ok') return done('pgBackRest finds nothing wrong with its repository.', { evidence })
  if (status === undefined) return unknown('pgBackRest does not say what it found.', { evidence })
  const bad = lines
    .filter((line) => /status: invalid|missing: [1-9]|invalid: [1-9]|status: error/.test(line))
    .slice(1)
  return failed(
    `pgBackRest finds its repository damaged: ${printable(
      bad
        .map((line) => line.trim())
        .slice(0, 4)
        .join('; '),
    )}.`,
    {
      evidence,
      next: 'Restore from a backup that it calls valid.',
    },
  )
}
