import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { systemClock } from '../adapters/system/clock.ts'
import { systemRandom } from '../adapters/system/random.ts'
import type { CliDesk } from '../cli/context.ts'
import { inProcessClient } from '../cli/in-process.ts'
import { openClusterRequest, openPlace } from '../desk/cluster-repository.ts'
import { hasWork } from '../desk/has-work.ts'
import { savedCluster, savedRepository } from '../desk/saved.ts'
import { serveWindow } from '../web/serve-window.ts'
import { openDesk } from './desk.ts'

/** This installation's desk for the command line: its calls in process, and its window for a browser. */
export async function openCliDesk(options: {
  readonly stateFolder: string
  readonly policyFile?: string
  readonly shell: 'browser' | 'command line'
  readonly version: string
  readonly workerUrl: URL
  /** The pages as built. */
  readonly pagesUrl: URL
}): Promise<CliDesk> {
  const running = await openDesk(options)
  const { desk, router, log } = running
  return {
    client: inProcessClient(router, log),
    openCluster: async (id, purpose, choice) =>
      openClusterRequest(savedCluster(id, desk.state), purpose, desk, choice),
    openRepository: async (id, purpose) => openPlace(savedRepository(id, desk.state), purpose, desk.secrets),
    async serve({ socket, port, publicOrigin, idleMs }) {
      running.startLooking()
      return serveWindow({
        router,
        pagesFolder: fileURLToPath(options.pagesUrl),
        listen: socket === null ? { kind: 'loopback', port } : { kind: 'socket', path: socket },
        publicOrigin,
        linkFolder: join(options.stateFolder, 'open'),
        idleMs,
        isWorking: () => hasWork(desk),
        clock: systemClock,
        random: systemRandom,
        log,
        audit: desk.audit,
      })
    },
    close: () => running.close(),
  }
}
