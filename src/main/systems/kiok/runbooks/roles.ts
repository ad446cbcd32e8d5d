import { HoldfastError } from '../../../../shared/domain/error.ts'
import { spanWords } from '../../../../shared/domain/size-words.ts'
import { runOn, saidBy, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { keyRun, overSsh } from '../../../engine/runbook/twins.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { S3KeyPair } from '../../../ports/secrets.ts'
import type { ActionStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { anyAnswers } from './masters.ts'
import { as, userOn, type KiokSite } from './site.ts'
import type { DefaultTarget } from './target.ts'

export type Role = 'master' | 'worker'

/** What a start is given: the same for every master and worker of a cluster, but for where the backups lie. */
export interface StartOf {
  /** Unique among the starts of a run. */
  readonly id: string
  readonly role: Role
  readonly host: HostAccess
  readonly site: KiokSite
  readonly zkRoot: string
  /** Null: as the configuration of the host has it. */
  readonly target: DefaultTarget | null
  readonly title: string
  readonly why: string
  readonly notNeeded?: (known: Known) => string | null
}

/** Documented (installation): bin/start-ROLE.sh, `-D` before the environment before the file; pid files in bin, names not documented. */
const start = `mark=$1
cd -- "$2" || exit 1
shift 2
(umask 077; mkdir -p -- "\${mark%/*}" && : >"$mark") || exit 1
out=$(mktemp) || exit 1
"$@" </dev/null >"$out" 2>&1
code=$?
head -c 4000 -- "$out" >&2
rm -f -- "$out"
exit $code`

const state = `if [ -e "$1" ]; then echo "asked $(($(date +%s) - $(stat -c %Y -- "$1")))"; else echo never; fi
cd -- "$2" || exit 1
for file in bin/*"$3"*.pid; do
  [ -r "$file" ] || continue
  pid=$(cat -- "$file")
  kill -0 "$pid" 2>/dev/null && echo "pid $pid"
done
exit 0`

/** A start script that has not said anything for so long is not on its way any more. */
const startingMs = 60_000
const roleWords = { master: 'A master', worker: 'A worker' } as const

/** The key and what opens the bucket reach the program through its standard input and its environment, and nothing else. */
export function startRole(of: StartOf): ActionStep {
  const { role, host, site, target } = of
  const user = userOn(site, host)
  const secretNames = ['KIOK_MASTER_KEY', ...(target === null ? [] : s3Names)]
  return action({
    id: of.id,
    section: 'restore',
    title: of.title,
    why: of.why,
    touches: `${roleWords[role]} in ${site.installFolder} on ${host.address}.`,
    undo: 'It is stopped again.',
    twin: keyRun({
      address: host.address,
      user,
      folder: site.installFolder,
      secrets: secretNames,
      environment: environmentOf(of),
      argv: argvOf(of),
    }),
    // Documented (operations): a leader waits 30 s, a worker 120 s, then they go on.
    expected: { ms: role === 'master' ? 30_000 : 120_000, source: 'documented' },
    damage: 1,
    ...(of.notNeeded !== undefined && { notNeeded: of.notNeeded }),
    act: async (context) => {
      const before = await lookAt(of, context)
      if (before.alive.length > 0) {
        if (role === 'master') return foreign(of, before)
        // Documented (configuration): one that found no leader for 60 s has given up, and does nothing until it is restarted.
        const stopped = await stopOn(role, host, site, context)
        if (stopped.state !== 'done') return stopped
      }
      const output = await runOn(
        host,
        {
          argv: ['/bin/sh', '-c', start, 'sh', markOf(of, context), site.installFolder, ...argvOf(of)],
          ...as(user),
          environment: environmentOf(of),
          secretEnvironment: await secretsOf(target, context),
          deadlineMs: 90_000,
        },
        context,
      )
      if (output.code === 0)
        return done(`${roleWords[role]} on ${host.address} was started.`, {
          learnt: { [`${of.id}.started`]: 'yes' },
        })
      const said = saidBy(output)
      return failed(
        `bin/start-${role}.sh on ${host.address} ended with ${output.code ?? output.signal ?? 'unknown'}.${said === '' ? '' : ` It says: ${said}`}`,
        { next: `Look at logs/kiok.log in ${site.installFolder} on ${host.address}.` },
      )
    },
    look: async (context) => lookWhether(of, context),
    takeBack: async (context) => stopOn(role, host, site, context),
  })
}

export function stopRole(of: {
  readonly id: string
  readonly role: Role
  readonly host: HostAccess
  readonly site: KiokSite
  readonly title: string
  readonly why: string
  readonly notNeeded?: (known: Known) => string | null
}): ActionStep {
  const { role, host, site, notNeeded } = of
  return action({
    id: of.id,
    section: 'restore',
    title: of.title,
    why: of.why,
    touches: `${roleWords[role]} in ${site.installFolder} on ${host.address}.`,
    undo: 'It is started again.',
    twin: overSsh(host.address, userOn(site, host), [
      'sh',
      '-c',
      `cd ${site.installFolder} && bin/stop-${role}.sh`,
    ]),
    // Documented (configuration): a worker drains for up to 60 s.
    expected: {
      ms: role === 'worker' ? 60_000 : 10_000,
      source: role === 'worker' ? 'documented' : 'assumed',
    },
    damage: 1,
    ...(notNeeded !== undefined && { notNeeded }),
    act: async (context) => stopOn(role, host, site, context),
    look: async (context) => {
      const { alive } = await lookAt({ id: of.id, role, host, site }, context)
      return alive.length === 0
        ? done(`No ${role} runs on ${host.address}.`)
        : notYet(`${roleWords[role]} runs on ${host.address}.`, { evidence: pids(alive) })
    },
  })
}

async function stopOn(role: Role, host: HostAccess, site: KiokSite, context: StepContext): Promise<Outcome> {
  const output = await runOn(
    host,
    {
      argv: [
        '/bin/sh',
        '-c',
        'cd -- "$1" && exec "$2" </dev/null',
        'sh',
        site.installFolder,
        `bin/stop-${role}.sh`,
      ],
      ...as(userOn(site, host)),
      deadlineMs: 120_000,
    },
    context,
  )
  const { alive } = await lookAt({ id: 'stop', role, host, site }, context)
  if (alive.length === 0) return done(`No ${role} runs on ${host.address}.`)
  return failed(`${roleWords[role]} on ${host.address} still runs. ${saidBy(output)}`.trim(), {
    evidence: pids(alive),
    next: 'Look at its log; stop it by hand.',
  })
}

async function lookWhether(of: StartOf, context: StepContext): Promise<Outcome> {
  const { role, host, site } = of
  const seen = await lookAt(of, context)
  const learnt = { [`${of.id}.started`]: 'yes' }
  if (seen.alive.length > 0) {
    if (seen.askedMs === null && role === 'master') return foreign(of, seen)
    return seen.askedMs === null
      ? notYet(`A worker that this run did not start runs on ${host.address}; it is restarted.`)
      : done(`${roleWords[role]} runs on ${host.address}.`, { evidence: pids(seen.alive), learnt })
  }
  if (seen.askedMs === null) return notYet(`${roleWords[role]} on ${host.address} was not asked to start.`)
  // The names of the pid files are not documented: where none is found, one that answers tells as well.
  if (role === 'master' && site.masters.length === 1 && (await anyAnswers(site, context)))
    return done(`The master on ${host.address} answers.`, { learnt })
  if (seen.askedMs < startingMs) {
    return unknown(
      `${roleWords[role]} on ${host.address} was asked to start ${spanWords(seen.askedMs)} ago, and no process of it is seen yet.`,
      { next: 'Look again in a minute.' },
    )
  }
  return notYet(
    `${roleWords[role]} on ${host.address} was asked to start ${spanWords(seen.askedMs)} ago, and no process of it is left.`,
    { next: `Look at logs/kiok.log in ${site.installFolder} there; a wrong key ends it at once.` },
  )
}

interface Seen {
  /** How long ago this run asked for the start; null: never. */
  readonly askedMs: number | null
  readonly alive: readonly string[]
}

async function lookAt(
  of: Pick<StartOf, 'id' | 'role' | 'host' | 'site'>,
  context: StepContext,
): Promise<Seen> {
  const { role, host, site } = of
  const output = await runOn(
    host,
    {
      argv: ['/bin/sh', '-c', state, 'sh', markOf(of, context), site.installFolder, role],
      ...as(userOn(site, host)),
      deadlineMs: 30_000,
    },
    context,
  )
  if (output.code !== 0) {
    throw new HoldfastError('host.commandFailed', {
      what: `${site.installFolder} on ${host.address} cannot be entered.`,
      why: saidBy(output),
      next: 'Check the folder of kiok on that host.',
    })
  }
  const lines = output.stdout.trim().split('\n')
  const asked = lines
    .map((line) => /^asked (-?\d{1,12})$/.exec(line)?.[1])
    .find((found) => found !== undefined)
  return {
    askedMs: asked === undefined ? null : Number(asked) * 1000,
    alive: lines.flatMap((line) => /^pid (\d{1,10})$/.exec(line)?.[1] ?? []),
  }
}

/** Whether any master or worker of kiok has a process on a host; by its pid files. */
export async function runsOn(
  role: Role,
  host: HostAccess,
  site: KiokSite,
  context: StepContext,
): Promise<boolean> {
  return (await lookAt({ id: 'look', role, host, site }, context)).alive.length > 0
}

function foreign({ role, host }: StartOf, { alive }: Seen): Outcome {
  return failed(`${roleWords[role]} that this run did not start runs on ${host.address}.`, {
    evidence: pids(alive),
    next: 'Find out who started it, and stop it.',
  })
}

function pids(alive: readonly string[]) {
  return alive.map((pid) => ({ name: 'pid', value: pid }))
}

/** In a folder of this run, so that a start is told from one of another run. */
function markOf({ id, role }: Pick<StartOf, 'id' | 'role'>, { runId }: StepContext): string {
  return `/var/tmp/holdfast-run-${runId}-${role}/${id}`
}

function argvOf({ role, site, zkRoot }: StartOf): readonly string[] {
  return [
    `bin/start-${role}.sh`,
    `-Dkiok.zk.serverList=${site.zooKeeper.join(',')}`,
    `-Dkiok.zk.rootPath=${zkRoot}`,
  ]
}

/** Documented (configuration): `KIOK_` and the name in capitals; the file comes after the environment. */
function environmentOf({ site, target }: StartOf): Readonly<Record<string, string>> {
  return {
    KIOK_KMS_PBKDF2_ITERATIONS: site.iterations,
    KIOK_BASE_DATA_DIR: site.dataFolder,
    ...(site.javaHome !== '' && { JAVA_HOME: site.javaHome }),
    ...target?.environment,
  }
}

const s3Names = ['KIOK_JOBLOG_S3_ACCESS_KEY', 'KIOK_JOBLOG_S3_SECRET_KEY'] as const

/** Throws `key.missing`. */
async function secretsOf(
  target: DefaultTarget | null,
  { session }: StepContext,
): Promise<Readonly<Record<string, string>>> {
  const [key] = await session.masterKeys()
  if (key === undefined) throw noKey()
  const pair = target === null ? null : await keyPairFor(target, session)
  return {
    KIOK_MASTER_KEY: key.reveal(),
    ...(pair !== null && { [s3Names[0]]: pair.accessKeyId, [s3Names[1]]: pair.secretAccessKey }),
  }
}

/** Throws `credential.notFound`. */
async function keyPairFor({ keyPair }: DefaultTarget, session: Session): Promise<S3KeyPair> {
  if (keyPair !== null) return session.s3(keyPair)
  const bucket = await session.bucket()
  if (bucket !== null) return bucket.pair
  throw new HoldfastError('credential.notFound', {
    what: `The S3 key pair of ${session.cluster.name} is not in the vault.`,
    why: 'Its repository is no bucket, or is opened with what the environment of this computer holds.',
    unchanged: 'Nothing was started.',
    next: 'Save a key pair for the cluster, and begin again with its id.',
  })
}

export function noKey(): HoldfastError {
  return new HoldfastError('key.missing', {
    what: 'The cluster has no master key here.',
    why: 'A master that is started without it, or with another one, opens none of its stores and no backup.',
    unchanged: 'Nothing was started.',
    next: 'Save the master key of this cluster; where it is lost, X-3 says what is left.',
  })
}
