import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Change } from '../../shared/contract/host.ts'
import { createBroadcast } from '../../shared/streams/broadcast.ts'
import { openAuditLog } from '../adapters/audit-file/open-audit-log.ts'
import { openCatalog } from '../adapters/catalog-file/catalog-file.ts'
import { openGrpc } from '../adapters/grpc/open-grpc.ts'
import { openHttp } from '../adapters/http/open-http.ts'
import { openScratchSpace } from '../adapters/scratch-folder/open-scratch-space.ts'
import { openRunFiles } from '../adapters/run-files/open-run-files.ts'
import { openJobFiles } from '../adapters/job-files/open-job-files.ts'
import { readKeyFile } from '../adapters/key-file/read-key-file.ts'
import { openLocalTarget } from '../adapters/local-target/open-local-target.ts'
import { openLogFile } from '../adapters/log-file/open-log-file.ts'
import { readPolicy } from '../adapters/policy-file/read-policy.ts'
import { openDeskState } from '../adapters/saved-state/open-desk-state.ts'
import { openSshTarget } from '../adapters/ssh-target/open-ssh-target.ts'
import { systemClock } from '../adapters/system/clock.ts'
import { systemRandom } from '../adapters/system/random.ts'
import { confirmablePlans, jobWorks, type Desk } from '../desk/desk.ts'
import { anchoredAudit } from '../desk/anchored-audit.ts'
import { createAnchoring } from '../desk/anchoring.ts'
import { announced } from '../desk/announced-audit.ts'
import type { DeskPorts } from '../desk/ports.ts'
import { runDrillSchedules } from '../desk/drills/run-drill-schedules.ts'
import { sweepScratch } from '../desk/drills/sweep-scratch.ts'
import { createHealths } from '../desk/live/healths.ts'
import { runOwnSchedules } from '../desk/live/schedules.ts'
import { runPostures } from '../desk/postures.ts'
import { underPolicy } from '../desk/under-policy.ts'
import { createViews } from '../desk/views.ts'
import { withStepTools } from '../desk/runbooks/step-tools.ts'
import { findRunbook } from '../systems/runbooks.ts'
import type { HostParts } from '../handlers/host.ts'
import { createRouter, type Router } from '../handlers/router.ts'
import { createJobRunner } from '../jobs/job-runner.ts'
import { createRunbookRunner } from '../runbooks/runner.ts'
import { openSecrets } from '../secrets/open-secrets.ts'
import type { Log } from '../ports/log.ts'
import { closeAll } from './close-all.ts'
import { accountName } from './account-name.ts'
import { openByteWorkers } from './byte-workers.ts'
import { tellUncaughtTo } from './last-words.ts'
import { openAnchor } from './open-anchor.ts'
import { openHost } from './open-host.ts'
import { openStore } from './open-store.ts'
import { policyFile } from './policy-file.ts'
import { grpcUnder, httpUnder, placesUnder } from './refuse-by-policy.ts'
import { openVaultIn } from './open-vault.ts'

export interface DeskOptions {
  readonly stateFolder: string
  /** The administrator's, where it is not this machine's own; it need not be there. */
  readonly policyFile?: string
  readonly version: string
  /** As the audit chain names it. */
  readonly shell: 'window' | 'browser' | 'command line'
  /** The file of the worker threads. */
  readonly workerUrl: URL
  readonly notices?: HostParts['notices']
  readonly setVisible?: (visible: boolean) => void
}

export interface RunningDesk {
  readonly desk: Desk
  readonly router: Router
  readonly log: Log
  /** Goes on looking at the repositories until the desk is closed. */
  startLooking(): void
  close(): Promise<void>
}

/** Opens this installation's desk: one set of adapters, whatever shell it is shown in. */
export async function openDesk(options: DeskOptions): Promise<RunningDesk> {
  const { stateFolder, version, workerUrl } = options
  const account = `${accountName()}@${hostname()}`
  const clock = systemClock
  const random = systemRandom
  const log = openLogFile(stateFolder, { clock, random })
  tellUncaughtTo(log)
  const catalog = openCatalog(stateFolder)
  const installationSecret = await catalog.installationSecret()
  const changes = createBroadcast<Change>({ key: ({ topic, id }) => `${topic} ${id ?? ''}` })
  const publish = (change: Change): void => changes.publish(change)
  const policy = await readPolicy(options.policyFile ?? policyFile())
  const state = underPolicy(await openDeskState(stateFolder, { clock }), policy)
  const chain = announced(
    openAuditLog(stateFolder, {
      clock,
      random,
      actor: `${account}, ${options.shell}`,
    }),
    publish,
  )
  const secrets = openSecrets({
    desk: state,
    audit: chain,
    clock,
    random,
    log,
    installationSecret,
    readKeyFile,
    openVault: openVaultIn({ desk: state, installationSecret, clock, random }),
    onChange: () => {
      publish({ topic: 'vault' })
      // What could not be looked at for want of the vault can be now.
      for (const { id } of state.clusters.list()) {
        if (views.look(id)?.failure?.code.startsWith('vault.') === true) void views.refresh(id)
      }
    },
  })
  const anchoring = createAnchoring({
    audit: chain,
    state,
    secrets,
    openAnchor: placesUnder(policy, openAnchor),
    clock,
    log,
    publish,
  })
  const audit = anchoredAudit(chain, anchoring)
  const ports: DeskPorts = {
    clock,
    random,
    log,
    state,
    policy,
    secrets,
    audit,
    scratch: openScratchSpace(join(stateFolder, 'scratch'), { clock }),
    openStore: placesUnder(policy, openStore),
    openCatalog: async () => catalog,
    openByteWork: async (workers) => openByteWorkers(workerUrl, workers),
    openHttp: httpUnder(policy, openHttp),
    openGrpc: grpcUnder(policy, openGrpc),
    openHost,
    openTarget: async (dir, repositoryFolder) => openLocalTarget(dir, { repositoryFolder, clock }),
    openRemoteTarget: async (address, host) => openSshTarget(address, { host, clock, random }),
    publish,
  }
  const left = state.readOnlyBecause === null ? await sweepScratch(ports) : []
  const views = createViews(ports)
  const journal = await openJobFiles(join(stateFolder, 'jobs'), state)
  const jobs = await createJobRunner({
    journal,
    // A job begins later than the runner of runbooks is there.
    works: jobWorks({ ...ports, views, runbooks: { openRunOf: (id) => runbooks.openRunOf(id) } }),
    clock,
    random,
    log,
    audit,
  })
  jobs.onChange((id) => publish({ topic: 'jobs', id }))
  const runJournal = await openRunFiles(join(stateFolder, 'runbooks'), state)
  const runbooks = await createRunbookRunner({
    journal: runJournal,
    clock,
    random,
    log,
    audit,
    actor: account,
    findRunbook: async ({ scenario, setting }) => findRunbook(setting.cluster.system, scenario),
    withTools: async (head, step, signal, work) => withStepTools(head, step, signal, ports, work),
    changed: (id) => publish({ topic: 'runbooks', id }),
  })
  const healths = createHealths(ports)
  const desk: Desk = {
    ...ports,
    version,
    views,
    healths,
    jobs,
    runbooks,
    plans: confirmablePlans(),
    anchoring,
  }
  const closing = new AbortController()
  return {
    desk,
    log,
    router: createRouter(desk, {
      changes,
      setVisible: options.setVisible ?? (() => undefined),
      notices: [
        ...(options.notices ?? []),
        ...[...journal.problems, ...runJournal.problems].map(({ message }, place) => ({
          id: `job-problem-${place}`,
          severity: 'error' as const,
          text: message,
        })),
        ...left.map((text, place) => ({ id: `scratch-${place}`, severity: 'warning' as const, text })),
      ],
    }),
    startLooking() {
      const { signal } = closing
      void views.run(signal).catch((error: unknown) => log.incident('views.run', error))
      void healths.run(signal).catch((error: unknown) => log.incident('healths.run', error))
      // Of two instances the one that holds the saved state takes the snapshots, and anchors what both have written down.
      if (state.readOnlyBecause === null) {
        void runOwnSchedules(desk, signal).catch((error: unknown) => log.incident('schedules.run', error))
        void runDrillSchedules(desk, signal).catch((error: unknown) => log.incident('drills.run', error))
        void runPostures(desk, signal).catch((error: unknown) => log.incident('postures.run', error))
        void anchoring.run(signal).catch((error: unknown) => log.incident('audit.anchor', error))
      }
    },
    async close() {
      closing.abort()
      await closeAll([
        () => views.close(),
        () => runbooks.shutDown(),
        () => jobs.close(),
        () => anchoring.close(),
        () => secrets.close(),
        () => state.close(),
      ])
      tellUncaughtTo(null)
    },
  }
}
