/**
 * A process that runs one job over the folder given, as a verification does: it reads ten things, writes down each that it
 * has read, and leaves out what is written down already. The first `mostRead` are read; then it waits for ever.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openJobFiles } from '../../src/main/adapters/job-files/open-job-files.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { createJobRunner } from '../../src/main/jobs/job-runner.ts'
import type { JobWork } from '../../src/main/ports/job-runner.ts'
import { memoryAuditLog } from '../fakes/audit-log.ts'

const [folder = '', task = '', mostRead = '10'] = process.argv.slice(2)

const work: JobWork = async (request, context) => {
  const file = join(folder, 'read')
  const read = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  context.phase('Reading')
  let count = read.length
  for (let n = 0; n < 10; n += 1) {
    if (read.includes(String(n))) continue
    if (count >= Number(mostRead)) {
      process.stdout.write('waits\n')
      await systemClock.wait(3_600_000, context.signal)
    }
    appendFileSync(file, `${n}\n`)
    count += 1
    context.progress(count, 10)
    context.log('info', `read ${n}`)
  }
  return {
    outcome: `${JSON.stringify(request)}: ${count} read, ${10 - read.length} now.`,
    tone: 'good',
    result: null,
  }
}

const runner = await createJobRunner({
  journal: await openJobFiles(join(folder, 'jobs'), { readOnlyBecause: null }),
  works: {
    verify: work,
    keyCheck: work,
    restore: work,
    rollback: work,
    copy: work,
    snapshot: work,
    prune: work,
    drill: work,
  },
  clock: systemClock,
  audit: memoryAuditLog(systemClock),
  random: systemRandom,
  log: { info: () => undefined, incident: () => 'incident', neverWrite: () => undefined },
})
if (task === 'start') {
  await runner.start({
    kind: 'verify',
    clusterId: 'c1',
    subject: 'kiok-prod',
    detail: 'all',
    request: { level: 'intact' },
    phases: ['Reading'],
    cancel: 'What was read stays proved.',
    exclusive: null,
  })
}
const [before] = runner.list()
if (task === 'resume' && before !== undefined) await runner.resume(before.id)
if (before !== undefined) for await (const _ of runner.events(before.id, before.lastEvent)) continue
process.stdout.write(`${JSON.stringify({ before, after: runner.list()[0] })}\n`)
await runner.close()
