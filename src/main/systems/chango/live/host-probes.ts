import type { Probe } from '../../../../shared/contract/masters.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { ask, notAsked, sideBySide, type Answer, type Question } from '../../../engine/live/ask.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import { adminSockets, firstSocket } from './admin-sockets.ts'
import type { ChangoConnection } from './connection.ts'
import { findStores } from './find-stores.ts'
import { openMasterHost, saidBy, type MasterHost } from './on-host.ts'
import { runningMaster } from './running-master.ts'

type Emit = (probe: Probe) => void

/** Everything that can be asked of a master's host without changing anything. */
export async function probeMasterHost(
  address: string,
  session: Session,
  config: ChangoConnection,
  emit: Emit,
): Promise<void> {
  const { clock, signal } = session
  const question = (id: string, words: string, mark: Question['mark']): Question => ({
    id,
    of: address,
    question: words,
    mark,
  })
  const opened: { host: MasterHost | null } = { host: null }
  const answers = await ask(question('answers', 'Answers', 'inferred'), clock, async () => {
    opened.host = await openMasterHost(address, session, config)
    return { state: 'ok', answer: 'It lets this console in.' }
  })
  emit(answers)
  const rest: readonly (readonly [Question, (host: MasterHost) => Promise<Answer>])[] = [
    [
      question('process', 'Master process', 'documented'),
      async (host) => processAnswer(host, session, config),
    ],
    [question('stores', 'Stores', 'documented'), async (host) => storesAnswer(host, session, config)],
    [
      question('bootstrap', 'Bootstrap key file', 'documented'),
      async (host) => bootstrapAnswer(host, config, signal),
    ],
    [
      question('cli', 'Backups that its own tool lists', 'documented'),
      async (host) => toolAnswer(host, session, config),
    ],
  ]
  const { host } = opened
  for (const [each, work] of rest) {
    if (host === null) emit(notAsked(each, 'The host does not let this console in.', clock))
    else emit(await ask(each, clock, async () => work(host)))
  }
}

/** What has to be right on the host that is stopped; another master may be down meanwhile. */
export function beforeStop(session: Session, config: ChangoConnection): AsyncIterable<Probe> {
  const [address] = config.hosts
  return sideBySide(
    address === undefined
      ? []
      : [
          async (emit) =>
            probeMasterHost(address, session, config, (probe) => {
              if (probe.id !== 'cli') emit(probe)
            }),
        ],
    session.signal,
  )
}

async function processAnswer(
  host: MasterHost,
  { signal }: Session,
  { home, runAs }: ChangoConnection,
): Promise<Answer> {
  const master = await runningMaster(host, home, signal)
  if (master === null) {
    return {
      state: 'bad',
      answer: 'No master runs there.',
      evidence: `${home}/bin/master*.pid`,
      next: `Look at its log; it is started with ${sh`sudo -u ${runAs} -E ${home}/bin/start-master.sh`}.`,
    }
  }
  const evidence = `process ${master.pid}, ${countOf(master.startArguments.length, 'argument')} -Dchango.*`
  const knowsEnsemble = master.startArguments.some((word) => word.startsWith('-Dchango.zk.serverList='))
  // Documented (cluster-operations): the ensemble is given at every start, and kept nowhere.
  return knowsEnsemble
    ? { state: 'ok', answer: 'It runs, and was told where ZooKeeper is.', evidence }
    : {
        state: 'warning',
        answer: 'It runs, and was not told where ZooKeeper is: it looks on its own host.',
        evidence,
        next: 'Start it with -Dchango.zk.serverList= where ZooKeeper is elsewhere.',
      }
}

async function storesAnswer(
  host: MasterHost,
  { signal }: Session,
  config: ChangoConnection,
): Promise<Answer> {
  const stores = await findStores(host, config, signal)
  if (stores === null) {
    return {
      state: 'bad',
      answer: 'The three stores were not found.',
      next: 'Name their folder in the connection, and the user that may read it.',
    }
  }
  const patches = stores.patches === null ? 'There are no patches.' : `Patches lie in ${stores.patches}.`
  return { state: 'ok', answer: `They lie in ${stores.folder}. ${patches}` }
}

/** Documented (installation/automated): left by the installer for the operator to shred. */
async function bootstrapAnswer(
  host: MasterHost,
  { home }: ChangoConnection,
  signal: AbortSignal,
): Promise<Answer> {
  const path = `${home}/.master-key-bootstrap`
  const { code } = await host.run(['test', '-e', path], signal)
  if (code !== 0) return { state: 'ok', answer: 'There is none.' }
  return {
    state: 'warning',
    answer: `The installer’s file with the master key still lies in ${path}.`,
    next: `Keep the key elsewhere, then: ${sh`sudo shred -u ${path}`}`,
  }
}

/** Documented, August 2026 (features/backup): `backup list` asks the running master over its own socket. */
async function toolAnswer(host: MasterHost, { signal }: Session, config: ChangoConnection): Promise<Answer> {
  const socket = await socketOn(host, config, signal)
  const listed = await runTool(host, config, socket, ['list'], signal)
  const evidence = `chango-cli.sh backup list → ${listed.code ?? 'signal'}`
  if (listed.code !== 0) {
    return {
      state: 'unknown',
      answer: 'Its own tool lists no backups: it is not there, or of the time before it could.',
      evidence: saidBy(listed) === '' ? evidence : `${evidence}: ${saidBy(listed)}`,
    }
  }
  const ids = backupIdsIn(listed.stdout)
  const newest = ids.at(-1)
  if (newest === undefined) return { state: 'ok', answer: 'Its own tool lists none.', evidence }
  const answer = `${countOf(ids.length, 'backup')}, the newest ${newest}.`
  const inspected = await runTool(host, config, socket, ['inspect', '--backup-id', newest], signal)
  const both = `${evidence}; inspect → ${inspected.code ?? 'signal'}`
  if (inspected.code === 0) {
    return /NOT RECORDED/.test(inspected.stdout)
      ? { state: 'ok', answer: `${answer} It records no fingerprint of its key.`, evidence: both }
      : { state: 'ok', answer: `${answer} Its own tool finds nothing wrong with it.`, evidence: both }
  }
  // Documented: it ends so where the key of the host does not fit; a login without the key ends so too.
  return {
    state: 'warning',
    answer: `${answer} Its own tool does not accept that one: its key is another, or this login has none.`,
    evidence: saidBy(inspected) === '' ? both : `${both}: ${saidBy(inspected)}`,
    next: 'Check the key of that host; a verification here tells by itself whether the archive is whole.',
  }
}

async function runTool(
  host: MasterHost,
  { home }: ChangoConnection,
  socket: string,
  words: readonly string[],
  signal: AbortSignal,
) {
  return host.run([`${home}/bin/chango-cli.sh`, 'backup', ...words], signal, {
    // From another folder than its own the tool does not find its socket (features/admin-password-recovery).
    environment: { CHANGO_ADMIN_SOCKET: socket },
  })
}

/** The one that is there; where none is, the tool itself says so of the usual one. */
async function socketOn(
  host: MasterHost,
  { home, storesFolder }: ChangoConnection,
  signal: AbortSignal,
): Promise<string> {
  const folders = storesFolder === '' ? ['/var/lib/chango'] : [storesFolder]
  // The stores of the newer dialect lie beside the socket, in the base's own folder `master`.
  const bases = folders.flatMap((folder) => [folder.replace(/\/master$/, ''), `${folder}/data`])
  const places = adminSockets([`${home}/data`, ...bases], home)
  const { stdout } = await host.run(['/bin/sh', '-c', firstSocket, 'sh', ...places], signal)
  const found = stdout.split('\n').find((line) => places.includes(line))
  return found ?? `${home}/data/master/admin.sock`
}

/** Ids of the newer dialect, oldest first: their text order is their time order. What stands beside them is not documented. */
export function backupIdsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\b\d{8}T\d{6}-[0-9a-f]{8}\b/g) ?? [])].toSorted()
}
