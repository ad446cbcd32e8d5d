import * as z from 'zod'
import type { Clock } from '../../../src/main/ports/clock.ts'
import type { JobContext, JobOutcome, JobWork } from '../../../src/main/ports/job-runner.ts'
import type { JobKind, JobResult } from '../../../src/shared/contract/jobs.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'
import { bytesWords } from '../../../src/shared/domain/size-words.ts'
import { phasesOf, restoreResult } from './sample-jobs.ts'
import { chanceOf, hexOf, iso } from './seeded.ts'

/** What a fake job is told: how much it seems to do, and how it ends. */
const request = z.object({
  bytes: z.number().default(60_000_000),
  bytesPerSecond: z.number().default(4_000_000),
  backups: z.number().default(24),
  backupId: z.string().default('-'),
  targetDir: z.string().default('/srv/restore'),
  planHash: z.string().default('0'.repeat(64)),
  fails: z.boolean().default(false),
})
type Request = z.infer<typeof request>

const stepMs = 250

/** Works that do nothing but let time pass on a clock, phase by phase, at a steady rate. */
export function fakeWorks(clock: Clock): Readonly<Record<JobKind, JobWork>> {
  const work =
    (kind: JobKind): JobWork =>
    async (asked, context) => {
      const what = request.parse(asked)
      const phases = phasesOf[kind]
      for (const [place, phase] of phases.entries()) {
        context.phase(phase)
        if (place === 1) await transfer(what, context, clock)
        else await clock.wait(600, context.signal)
      }
      return outcomeOf(kind, what, iso(clock.now()))
    }
  return {
    verify: work('verify'),
    keyCheck: work('keyCheck'),
    restore: work('restore'),
    rollback: work('rollback'),
    copy: work('copy'),
  }
}

async function transfer(
  { bytes, bytesPerSecond, fails }: Request,
  context: JobContext,
  clock: Clock,
): Promise<void> {
  const random = chanceOf(context.jobId)
  for (let done = 0; done < bytes; done += (bytesPerSecond * stepMs) / 1_000) {
    context.progress(Math.round(Math.min(done, bytes)), bytes)
    await clock.wait(stepMs, context.signal)
    if (random() < 0.02) context.log('info', `${hexOf(String(done), 8)}/metadata.enc: hash as recorded`)
    if (fails && done > bytes / 2) {
      throw new HoldfastError('repository.unreachable', {
        what: 'The repository stopped answering after half of the bytes.',
        why: 'The connection was reset four times.',
        unchanged: 'Nothing was changed.',
        next: 'Look whether the endpoint is up, then start it again.',
      })
    }
  }
  context.progress(bytes, bytes)
}

function outcomeOf(
  kind: JobKind,
  { bytes, backups, backupId, targetDir, planHash }: Request,
  at: string,
): JobOutcome {
  const ended = (outcome: string, result: JobResult): JobOutcome => ({ outcome, tone: 'good', result })
  switch (kind) {
    case 'verify':
      return ended(`${backups} of ${backups} backups are good, ${bytesWords(bytes)} read.`, {
        kind,
        backups,
        good: backups,
        warning: 0,
        bad: 0,
        unknown: 0,
        objectsRead: backups,
        bytesRead: bytes,
        notGood: [],
      })
    case 'keyCheck':
      return ended(`Opens ${backups} of ${backups}.`, {
        kind,
        opens: backups,
        refused: 0,
        other: 0,
        backups: [],
      })
    case 'restore':
      return ended(
        '3 stores are in place, and every byte was read back.',
        restoreResult(backupId, targetDir, planHash, at),
      )
    case 'rollback':
      return ended('3 stores stand as they did before the restore.', {
        kind,
        targetDir,
        backupId,
        returned: ['kms', 'iam', 'metadata'],
        movedAside: [{ name: 'kms', to: 'kms.before-rollback' }],
      })
    case 'copy':
      return ended('1 object copied and read back.', {
        kind,
        to: targetDir,
        backupId,
        objects: 1,
        written: 1,
        writtenBytes: bytes,
      })
  }
}
