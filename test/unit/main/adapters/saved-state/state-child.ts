/**
 * A process that opens the saved state in the folder given, says whether it holds it, and then, where it is told to
 * `write`, changes it without end: each round is said once it is durable. Told to `hold`, it waits until its input ends.
 */
import { openDeskState } from '../../../../../src/main/adapters/saved-state/open-desk-state.ts'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import { savedCluster, verdictOf } from '../../../../conformance/desk-state.ts'

const [folder = '', task] = process.argv.slice(2)
const state = await openDeskState(folder, { clock: systemClock, maxVerificationBytes: 20_000 })
process.stdout.write(`${state.readOnlyBecause === null ? 'holds' : 'reads'}\n`)
if (task === 'write') {
  for (let round = Number(state.clusters.get('c1')?.name ?? 0) + 1; ; round += 1) {
    // More than one write(2) takes at once.
    const label = 'x'.repeat(300_000)
    await state.credentials.put({
      id: 'k1',
      kind: 's3',
      label: `${round} ${label}`,
      hint: 'AKIA…',
      addedAt: '2026-11-20T02:00:00.000Z',
      usedAt: null,
    })
    await state.verifications.append('s3://bucket/', [verdictOf('b1', `j${round}`)])
    await state.clusters.put(savedCluster('c1', String(round)))
    process.stdout.write(`${round}\n`)
  }
}
for await (const _ of process.stdin) continue
await state.close()
