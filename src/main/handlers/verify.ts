import type { Selection } from '../../shared/contract/verify.ts'
import { countOf } from '../../shared/domain/size-words.ts'
import { copyPhases } from '../desk/copy-work.ts'
import { demandVault } from '../desk/demand-vault.ts'
import type { Desk } from '../desk/desk.ts'
import { savedCluster, savedRepository } from '../desk/saved.ts'
import { verifyCost } from '../desk/verify-cost.ts'
import { demandToolVerifier, toolVerifierOf } from '../desk/verify-by-tool.ts'
import { keyCheckPhases, verifyByToolPhases, verifyPhases } from '../desk/verify-work.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { implementation } from './implement.ts'

const nothingWritten = 'What was read until then is remembered; nothing was written.'
const readingStops = `Stops reading. ${nothingWritten}`

export function createVerifyHandlers(desk: Desk) {
  const { state, views, jobs } = desk
  const os = implementation.verify
  return {
    cost: os.cost.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      return verifyCost(input, await views.view(cluster.id), {
        cluster,
        jobs: jobs.list(),
        tool: await toolVerifierOf(cluster),
      })
    }),

    start: os.start.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      const verifier = input.byTool ? await demandToolVerifier(cluster) : null
      await demandVault(cluster, desk)
      const { id } = await jobs.start({
        kind: 'verify',
        clusterId: cluster.id,
        subject: cluster.name,
        detail: `${selectionWords(input.selection)}${input.recheck ? ', read again' : ''}${verifier === null ? '' : `, and by ${verifier.tool}`}`,
        request: input,
        phases: verifier === null ? verifyPhases : verifyByToolPhases,
        cancel:
          verifier === null ? readingStops : `Ends ${verifier.tool}, or stops reading. ${nothingWritten}`,
        exclusive: null,
      })
      return { jobId: id }
    }),

    startKeyCheck: os.startKeyCheck.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      await demandVault(cluster, desk)
      const { id } = await jobs.start({
        kind: 'keyCheck',
        clusterId: cluster.id,
        subject: cluster.name,
        detail: 'which backups its keys open',
        request: input,
        phases: keyCheckPhases,
        cancel: readingStops,
        exclusive: null,
      })
      return { jobId: id }
    }),

    startCopy: os.startCopy.handler(async ({ input }) => {
      const cluster = savedCluster(input.clusterId, state)
      const destination = savedRepository(input.toRepositoryId, state)
      const source = savedRepository(cluster.repositoryId, state)
      if (destination.system !== cluster.system || destination.address === source.address) {
        throw new HoldfastError('usage', {
          what: `${destination.name} is no place for a copy of this backup.`,
          why:
            destination.system === cluster.system
              ? 'It is the repository that the backup lies in.'
              : `It is a repository of ${destination.system}.`,
          unchanged: 'Nothing was written.',
          next: `Choose another saved repository of ${cluster.system}.`,
        })
      }
      await demandVault(cluster, desk)
      const { id } = await jobs.start({
        kind: 'copy',
        clusterId: cluster.id,
        subject: cluster.name,
        detail: `${input.backupId} to ${destination.name}`,
        request: input,
        phases: copyPhases,
        cancel:
          'Stops copying. Objects that were copied whole stay; without its manifest, which comes last, the copy is no backup.',
        exclusive: `write ${destination.address}`,
      })
      return { jobId: id }
    }),
  }
}

function selectionWords(selection: Selection): string {
  switch (selection.kind) {
    case 'all':
      return 'all backups'
    case 'latest':
      return 'the newest backup'
    case 'some': {
      const [only] = selection.backupIds
      return selection.backupIds.length === 1 && only !== undefined
        ? only
        : countOf(selection.backupIds.length, 'backup')
    }
  }
}
