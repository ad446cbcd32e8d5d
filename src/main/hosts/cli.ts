#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { homedir, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CliPorts } from '../cli/context.ts'
import { exitStatus } from '../cli/exit-status.ts'
import { main } from '../cli/main.ts'
import type { Stream } from '../cli/output.ts'
import { systemClock } from '../adapters/system/clock.ts'
import { systemRandom } from '../adapters/system/random.ts'
import { accountName } from './account-name.ts'
import { keepOutOfDumps } from './keep-out-of-dumps.ts'
import { endOnUncaught } from './last-words.ts'
import { keepYoungHeapSmall } from './small-young-heap.ts'
import { stateFolder } from './state-folder.ts'

keepOutOfDumps()
keepYoungHeapSmall()

/** Beside this file in the build; chunks lie elsewhere, so it is named from here. */
const workerUrl = new URL('./worker.js', import.meta.url)
const pagesUrl = new URL('../renderer/', import.meta.url)

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const cancel = new AbortController()
const endByItself = (): void => cancel.abort()
let onInterrupt: () => void = endByItself

const ports: CliPorts = {
  clock: systemClock,
  random: systemRandom,
  stdout: toStream(process.stdout),
  stderr: toStream(process.stderr),
  env: (name) => process.env[name] ?? null,
  readMasterKey: async (path) => (await import('./read-master-key.ts')).readMasterKey(path),
  // Each adapter is loaded where it is needed: a folder repository does not wait for the AWS SDK.
  openStore: async (address, access, mode) => {
    const { openStore } = await import('./open-store.ts')
    // Without that permission no policy has anything to refuse.
    if (!access.allowHttp) return openStore(address, access, mode)
    const { storesHere } = await import('./stores-here.ts')
    return storesHere(openStore)(address, access, mode)
  },
  stateFolder: stateFolder(process.env, homedir()),
  openCatalog: async (folder) =>
    (await import('../adapters/catalog-file/catalog-file.ts')).openCatalog(folder),
  openScratch: async (folder) =>
    (await import('../adapters/scratch-folder/open-scratch-space.ts')).openScratchSpace(
      join(folder, 'scratch'),
      {
        clock: systemClock,
      },
    ),
  openAudit: async (folder) =>
    (await import('../adapters/audit-file/open-audit-log.ts')).openAuditLog(folder, {
      clock: systemClock,
      random: systemRandom,
      actor: `${accountName()}@${hostname()}, command line`,
    }),
  isAnchored: async (folder) => {
    const [{ openDocument }, { settingsKind }] = await Promise.all([
      import('../adapters/saved-state/document.ts'),
      import('../adapters/saved-state/documents.ts'),
    ])
    return (await openDocument(folder, settingsKind, () => undefined)).get().auditAnchor !== null
  },
  checkAuditExport: async (file, signal) =>
    (await import('../adapters/audit-file/check-chain-file.ts')).checkChainFile(file, signal),
  auditChecker: fileURLToPath(new URL('../../resources/audit-check.py', import.meta.url)),
  writeNewFile: async (path, pieces) => (await import('./write-new-file.ts')).writeNewFile(path, pieces),
  readTextFile: async (path, mostBytes) =>
    (await import('./read-text-file.ts')).readTextFile(path, mostBytes),
  openByteWork: async (workers) => (await import('./byte-workers.ts')).openByteWorkers(workerUrl, workers),
  openTarget: async (dir, repositoryFolder) =>
    (await import('../adapters/local-target/open-local-target.ts')).openLocalTarget(dir, {
      repositoryFolder,
      clock: systemClock,
    }),
  openHost: async (connection, signal) => (await import('./open-host.ts')).openHost(connection, signal),
  openRemoteTarget: async (address, host) =>
    (await import('../adapters/ssh-target/open-ssh-target.ts')).openSshTarget(address, {
      host,
      clock: systemClock,
      random: systemRandom,
    }),
  makeLab: async (dir) =>
    (await import('../../../test/lab/demonstration-folder.ts')).demonstrationLab(dir, ports),
  makeFleet: async (dir) =>
    (await import('../../../test/lab/demonstration-folder.ts')).demonstrationFleet(dir, ports),
  startMasters: async (dir) =>
    (await import('../../../test/lab/masters/demonstration.ts')).startDemonstrationMasters(dir, ports),
  openDesk: async (folder, shell) =>
    (await import('./cli-desk.ts')).openCliDesk({
      stateFolder: folder,
      shell,
      version,
      workerUrl,
      pagesUrl,
    }),
  findDesktop: async () => {
    const { findDesktopWindow } = await import('./desktop-window.ts')
    const found = findDesktopWindow(fileURLToPath(new URL('../..', import.meta.url)))
    return found.kind === 'none'
      ? found
      : {
          kind: 'possible',
          open: async (folder, signal) => found.open({ ...process.env, HOLDFAST_STATE_DIR: folder }, signal),
        }
  },
  openInBrowser: async (path) => (await import('./open-in-browser.ts')).openInBrowser(path),
  readLine: async (signal) => (await import('./read-line.ts')).readLine(signal),
  stdinIsTerminal: () => process.stdin.isTTY === true,
  onInterrupt: (heard) => {
    onInterrupt = heard
    return () => (onInterrupt = endByItself)
  },
  askSecret: async (question, signal) => (await import('./read-secret.ts')).askSecret(question, signal),
  readStdin: async (signal) => (await import('./read-secret.ts')).readStdin(signal),
  readKeyFile: async (path) => (await import('../adapters/key-file/read-key-file.ts')).readKeyFile(path),
  makeTemporaryFolder: async () => mkdtemp(join(tmpdir(), 'holdfast-demo-')),
}

/** Until a verdict is printed the run has failed, however it ends: a loop that runs dry must not look like success. */
process.exitCode = exitStatus.failed

for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cancel.abort())
process.on('SIGINT', () => onInterrupt())
// By default this signal opens an inspector to every program of the host.
process.on('SIGUSR1', () => {})
endOnUncaught((code) => process.exit(code))
let isHeard = true
/** Whoever read the result has gone: what they did not read was not said, and what was begun is taken back as by a signal. */
const endUnheard = (): void => {
  isHeard = false
  cancel.abort()
}
process.stderr.on('error', endUnheard)
process.stdout.on('error', ({ code = 'no reason given' }: NodeJS.ErrnoException) => {
  if (isHeard && code !== 'EPIPE')
    process.stderr.write(`holdfast: The result could not be written (${code}).\n`)
  endUnheard()
})

const status = await main(process.argv.slice(2), ports, { version, signal: cancel.signal })
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
if (isHeard)
  process.exitCode = cancel.signal.aborted && status !== exitStatus.ok ? exitStatus.cancelled : status

function toStream(stream: NodeJS.WriteStream): Stream {
  return {
    get isTerminal() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns ?? 80
    },
    write: (text) => void stream.write(text),
  }
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
