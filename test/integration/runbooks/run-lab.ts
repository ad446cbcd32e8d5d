import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ContractRouterClient } from '@orpc/contract'
import { openRunFiles } from '../../../src/main/adapters/run-files/open-run-files.ts'
import { inProcessClient } from '../../../src/main/cli/in-process.ts'
import { withStepTools } from '../../../src/main/desk/runbooks/step-tools.ts'
import { openDesk, type RunningDesk } from '../../../src/main/hosts/desk.ts'
import type { ActionStep, Runbook, Step } from '../../../src/main/ports/runbook.ts'
import type { RunJournal } from '../../../src/main/ports/run-journal.ts'
import type { RunbookRunner } from '../../../src/main/ports/runbook-runner.ts'
import { createRunbookRunner } from '../../../src/main/runbooks/runner.ts'
import { findRunbook } from '../../../src/main/systems/runbooks.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import type { Contract } from '../../../src/shared/contract/contract.ts'
import type { Answer, Run } from '../../../src/shared/contract/runbooks.ts'
import { HoldfastError, isHoldfastError } from '../../../src/shared/domain/error.ts'
import type { SystemName } from '../../../src/shared/domain/system-name.ts'
import { passphrase } from '../router/router-lab.ts'
import { traces } from '../../support/canary.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

/** A real desk with one saved cluster, and a runner of its own for runs that are cut short. */
export interface RunLab {
  readonly dir: string
  readonly client: ContractRouterClient<Contract>
  readonly running: RunningDesk
  readonly clusterId: string
  /** Credential ids by their labels. */
  readonly credentials: Readonly<Record<string, string>>
  /**
   * A runner of its own over bent runbooks; what it writes outlives it. Nobody shuts it down: once another one is opened over the
   * same journal it writes no more, as a process that was killed.
   */
  bentRunner(journal: string, bend: (runbook: Runbook) => Runbook): Promise<RunbookRunner>
  /** A runner whose actions are cut: before they do anything, or after they have done all of it. */
  cutRunner(cut: 'before' | 'after'): Promise<CutRunner>
  /** Files of the installation in which one of the secrets stands, with its form. */
  leaks(secrets: readonly string[]): Promise<readonly string[]>
  close(): Promise<void>
}

export interface CutRunner {
  readonly runner: RunbookRunner
  /** How often each action was really done. */
  readonly acts: ReadonlyMap<string, number>
}

type NewSecret = Parameters<ContractRouterClient<Contract>['vault']['add']>[0]['secret']

export async function openRunLab(of: {
  readonly system: SystemName
  readonly name: string
  /** Of the backups. */
  readonly folder: string
  /** Where they lie in a bucket, and with which of the secrets it is opened. */
  readonly bucket?: { readonly address: string; readonly secret: string }
  readonly secrets: Readonly<Record<string, NewSecret>>
  readonly masterKeys?: readonly string[]
  /** With the ids of the secrets. */
  readonly connection: (ids: Readonly<Record<string, string>>) => ConnectionValues
}): Promise<RunLab> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-runs-'))
  const stateFolder = join(dir, 'desk')
  const workerUrl = new URL('../../../src/main/hosts/worker.ts', import.meta.url)
  const running = await openDesk({ stateFolder, version: '0.0.0', shell: 'command line', workerUrl })
  const client = inProcessClient(running.router, running.log)
  await client.vault.choose({ backend: 'sealedFile', passphrase })
  const credentials: Record<string, string> = {}
  for (const [label, secret] of Object.entries(of.secrets))
    credentials[label] = (await client.vault.add({ label, secret })).id
  const { id: clusterId } = await client.clusters.add({
    name: of.name,
    system: of.system,
    mode: 'normal',
    masterKeys: (of.masterKeys ?? []).map((label) => credentials[label] ?? ''),
    rpoMs: 86_400_000,
    rtoMs: null,
    repository: {
      kind: 'new',
      address: of.bucket?.address ?? pathToFileURL(of.folder).href,
      access:
        of.bucket === undefined
          ? noAccess
          : { ...noAccess, credential: { source: 'vault', id: credentials[of.bucket.secret] ?? '' } },
    },
  })
  await client.masters.save({ id: clusterId, values: of.connection(credentials) })
  const runners: RunbookRunner[] = []
  const journals = new Map<string, MortalJournal>()
  async function bentRunner(name: string, bend: (runbook: Runbook) => Runbook): Promise<RunbookRunner> {
    const { desk, log } = running
    await journals.get(name)?.die()
    const journal = mortal(await openRunFiles(join(dir, name), { readOnlyBecause: null }))
    journals.set(name, journal)
    return createRunbookRunner({
      journal,
      clock: desk.clock,
      random: desk.random,
      log,
      audit: desk.audit,
      actor: 'test',
      findRunbook: async ({ scenario, setting }) => bend(await findRunbook(setting.cluster.system, scenario)),
      withTools: async (head, step, signal, work) => withStepTools(head, step, signal, desk, work),
      changed: () => undefined,
    })
  }
  return {
    dir,
    client,
    running,
    clusterId,
    credentials,
    bentRunner,
    async cutRunner(cut) {
      const acts = new Map<string, number>()
      const runner = await bentRunner(`runs-${runners.length}`, (runbook) => cutting(runbook, cut, acts))
      runners.push(runner)
      return { runner, acts }
    },
    async leaks(secrets) {
      const found: string[] = []
      for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue
        const text = await readFile(join(entry.parentPath, entry.name), 'latin1')
        for (const secret of secrets)
          for (const form of traces(secret, text)) found.push(`${entry.name}: ${form}`)
      }
      return found
    },
    async close() {
      await Promise.all(runners.map(async (runner) => runner.shutDown()))
      await running.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

interface MortalJournal extends RunJournal {
  /** Nothing is written from then on; what was begun before is waited for. */
  die(): Promise<void>
}

function mortal(journal: RunJournal): MortalJournal {
  let isDead = false
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...journal,
    async append(id, entry) {
      if (isDead) return new Promise(() => undefined)
      const written = journal.append(id, entry)
      last = written.catch(() => undefined)
      return written
    },
    async die() {
      isDead = true
      await last
    },
  }
}

/** Each action breaks the first time that it is asked for, as a connection does. */
function cutting(runbook: Runbook, cut: 'before' | 'after', acts: Map<string, number>): Runbook {
  return {
    ...runbook,
    steps: (setting) => {
      const asked = new Set<string>()
      return runbook.steps(setting).map((step): Step => {
        if (step.kind !== 'action') return step
        const act: ActionStep['act'] = async (context) => {
          const isFirst = !asked.has(step.id)
          asked.add(step.id)
          const lost = new HoldfastError('host.lost', { what: 'The connection broke.' })
          if (isFirst && cut === 'before') throw lost
          acts.set(step.id, (acts.get(step.id) ?? 0) + 1)
          const outcome = await step.act(context)
          if (isFirst) throw lost
          return outcome
        }
        return { ...step, act }
      })
    },
  }
}

type Driven = Pick<RunbookRunner, 'start' | 'proceed' | 'watch' | 'accept' | 'close' | 'get'>

/** How a test answers what a step asks; what is not named is gone on with. */
export type Answers = Readonly<Record<string, (run: Run) => Answer | null | Promise<Answer | null>>>

/**
 * Goes through a run as an operator would: goes on with what can be gone on with, confirms by the cluster's name, does what is to be done by hand.
 * Ends at the first step that \`answers\` answers with null, that fails, or when all are behind.
 */
export async function goThrough(runner: Driven, id: string, answers: Answers = {}): Promise<Run> {
  const tries = new Map<string, number>()
  for (;;) {
    const run = await settled(runner, id)
    const step = run.list.find((each) => each.id === run.current)
    const isUnsigned = run.acceptance.signedAt === null && run.acceptance.all > 0
    if (step === undefined && !isUnsigned) return run
    if (isUnsigned && (step === undefined || step.section === 'after')) {
      await atRest(async () => runner.accept(id, ''))
      continue
    }
    if (step === undefined) return run
    const tried = (tries.get(step.id) ?? 0) + 1
    tries.set(step.id, tried)
    const own = answers[step.id]
    const answer = own === undefined ? usualAnswer(run, step) : await own(run)
    if (answer === null) return run
    if (
      own === undefined &&
      (tried > 4 ||
        (step.state === 'failed' && step.kind !== 'action') ||
        (step.state === 'failed' && tried > 1))
    )
      return run
    await atRest(async () => runner.proceed(id, step.id, answer))
  }
}

function usualAnswer(run: Run, step: Run['list'][number]): Answer | null {
  switch (step.kind) {
    case 'check':
    case 'wait':
    case 'action':
      return { kind: 'go' }
    case 'confirm':
      return { kind: 'confirm', typed: run.cluster }
    case 'manual':
      return { kind: 'did', note: step.asks === null ? '' : 'as it is' }
    case 'choice':
      return null
  }
}

/** A step has ended a moment before its runner is at rest. */
async function atRest(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work()
      return
    } catch (error) {
      if (!isHoldfastError(error, 'runbook.refused')) throw error
      // What was seen is over by now.
      if (error.message.includes('is not the step at hand')) return
      if (!error.message.includes('under way')) throw error
      await setImmediate()
    }
  }
}

/** The run once nothing of it is under way. */
export async function settled(runner: Driven, id: string): Promise<Run> {
  const ends = new AbortController()
  try {
    for await (const run of runner.watch(id, ends.signal)) {
      const step = run.list.find((each) => each.id === run.current)
      const isMoving =
        run.list.some((each) => each.state === 'running') ||
        ((step?.kind === 'check' || step?.kind === 'wait') && step.state === 'todo' && step.sentence === null)
      if (!isMoving) return run
    }
  } finally {
    ends.abort()
  }
  return runner.get(id)
}

/** Where a run stands, for the message of a test that fails. */
export function whereabouts(run: Run): string {
  const at = run.list.find((step) => step.id === run.current)
  if (at === undefined) return 'all behind'
  const lines = at.lines.map(({ sentence }) => sentence).join(' | ')
  return `${at.id} ${at.state}: ${at.sentence ?? ''} ${at.next ?? ''} ${lines}`.trim()
}

export function stepOf(run: Run, id: string) {
  return run.list.find((step) => step.id === id)
}
