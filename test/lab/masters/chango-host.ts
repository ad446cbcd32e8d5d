import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fingerprintOf } from '../../../src/main/adapters/ssh-login/known-hosts.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { makeChangoArchive } from '../chango.ts'
import { startSshd } from '../sshd.ts'
import { listening, wireTo } from '../wire.ts'

/** Where the lab's users begin (see `startSshd`): the operator, then the owner of the stores. */
const ownerId = 64_101

export interface ChangoHost {
  /** To be put into a connection. */
  readonly values: ConnectionValues
  readonly address: string
  readonly home: string
  readonly storesFolder: string
  /** What the scripts were asked for, in order. */
  said(): Promise<readonly string[]>
  /** How often something was stopped. */
  changes(): number
  /** The connection breaks when the master is next stopped. */
  breakNextStop(): void
  cut(): void
  /** What happens when the master was stopped, before its script ends. */
  onStop(work: () => Promise<void>): void
  /** Makes the scripts behave otherwise: `hangs`: it does not stop; `dead`: it does not start; `cli`: what its tool lists. */
  mark(name: 'hangs' | 'dead' | 'cli', content?: string): Promise<void>
  /** Whether the process that its file names lives. */
  runs(): Promise<boolean>
  writeFile(path: string, content: string): Promise<void>
  kill(): Promise<void>
  close(): Promise<void>
}

const startMaster = `#!/bin/bash
home=$(dirname "$(dirname "$0")")
echo "start key=$(printf %s "$CHANGO_MASTER_KEY" | sha256sum | cut -c1-8) java=$JAVA_HOME args=$*" >>"$home/said"
[ ! -e "$home/dead" ] || exit 1
[ -n "$CHANGO_MASTER_KEY" ] || exit 1
nohup /bin/sh -c 'while :; do sleep 1; done' chango-master "$@" >/dev/null 2>&1 &
echo $! >"$home/bin/master-8080.pid"
`
const stopMaster = (gate: number): string => `#!/bin/bash
home=$(dirname "$(dirname "$0")")
echo stop >>"$home/said"
[ -e "$home/hangs" ] || kill "$(cat "$home/bin/master-8080.pid")"
exec 6<>/dev/tcp/127.0.0.1/${gate} && read -r go <&6
`
const tool = `#!/bin/bash
home=$(dirname "$(dirname "$0")")
[ -e "$home/cli" ] || { echo "unknown command: $1" >&2; exit 64; }
socket="$home/data/master/admin.sock"
[ ! -e "$home/socket" ] || socket=$(cat "$home/socket")
[ "$CHANGO_ADMIN_SOCKET" = "$socket" ] || exit 65
case "$1 $2" in
'backup list') cat "$home/cli";;
'backup inspect') grep -q BAD "$home/cli" && { echo 'key does not fit' >&2; exit 2; }; if grep -q OLD "$home/cli"; then echo 'masterKeyFingerprint: NOT RECORDED'; else echo 'masterKeyFingerprint: ok'; fi;;
*) exit 64;;
esac
`

/** Why the lab cannot be had on this machine; null where it can. */
export function sshdProblem(): string | null {
  if (process.getuid?.() !== 0) return 'users of its own take root'
  const missing = ['/usr/sbin/sshd', '/usr/bin/sudo', '/usr/bin/setsid'].find((path) => !existsSync(path))
  return missing === undefined ? null : `there is no ${missing}`
}

/** The host of a master: a real SSH server, the scripts of an installation, stores, and a process that stands for the master. */
export async function startChangoHost(masterKey: string): Promise<ChangoHost> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-chango-host-'))
  await chmod(folder, 0o755)
  const server = await startSshd({
    users: [
      { name: 'lab-operator', password: 'x', sudo: '(lab-chango) NOPASSWD: ALL' },
      { name: 'lab-chango', password: 'x' },
    ],
  })
  if ('skip' in server) {
    await rm(folder, { recursive: true })
    throw new Error(server.skip)
  }
  const wire = await wireTo(server.port)
  let changes = 0
  let breaksNext = false
  let whenStopped = async (): Promise<void> => Promise.resolve()
  const gate = createServer((socket) => {
    socket.on('error', () => undefined)
    changes += 1
    if (breaksNext) wire.cut()
    breaksNext = false
    void whenStopped().then(() => socket.end('go\n'))
  })
  const home = join(folder, 'opt')
  const storesFolder = join(folder, 'stores')
  const write = async (path: string, content: string | Uint8Array, mode = 0o640): Promise<void> => {
    const missing: string[] = []
    for (let at = dirname(path); at.length > folder.length; at = dirname(at)) missing.unshift(at)
    for (const at of missing) {
      await mkdir(at, { recursive: true })
      await chown(at, ownerId, ownerId)
    }
    await writeFile(path, content, { mode })
    await chown(path, ownerId, ownerId)
  }
  const gatePort = await listening(gate)
  await write(join(home, 'bin', 'start-master.sh'), startMaster, 0o755)
  await write(join(home, 'bin', 'stop-master.sh'), stopMaster(gatePort), 0o755)
  await write(join(home, 'bin', 'chango-cli.sh'), tool, 0o755)
  const lab = await makeChangoArchive({ dialect: 1, seed: 'host', when: '2026-11-20T02:00:00Z', patches: 2 })
  for (const { name, kind, contents } of lab.entries) {
    if (kind === 'file' && name !== 'manifest.json')
      await write(join(storesFolder, name), await bytesOf(contents()))
  }
  const pidOf = async (): Promise<string> =>
    (await readFile(join(home, 'bin', 'master-8080.pid'), 'utf8')).trim()
  const first = spawn(
    join(home, 'bin', 'start-master.sh'),
    ['-Dchango.zk.serverList=zk-1:2181,zk-2:2181', '-Xmx1g'],
    {
      uid: ownerId,
      gid: ownerId,
      env: { PATH: '/usr/bin:/bin', CHANGO_MASTER_KEY: masterKey, JAVA_HOME: '/opt/java 17' },
      stdio: 'ignore',
    },
  )
  await once(first, 'exit')
  const address = `lab-operator@127.0.0.1:${wire.port}`
  const runs = async (): Promise<boolean> => {
    const state = await readFile(`/proc/${await pidOf()}/stat`, 'utf8').catch(() => ') Z')
    return !/\) [ZX]/.test(state)
  }
  const kill = async (): Promise<void> => wire.close()
  return {
    values: {
      hosts: [address],
      runAs: 'lab-chango',
      home,
      storesFolder,
      ssh: {
        keyFiles: [server.keyFile],
        hostKeys: [
          {
            host: address,
            fingerprint: fingerprintOf(Buffer.from(server.hostKeys.ed25519.split(' ')[1] ?? '', 'base64')),
          },
        ],
      },
    },
    address,
    home,
    storesFolder,
    said: async () => (await readFile(join(home, 'said'), 'utf8')).trim().split('\n'),
    changes: () => changes,
    breakNextStop() {
      breaksNext = true
    },
    cut: () => wire.cut(),
    onStop(work) {
      whenStopped = work
    },
    mark: async (name, content = '') => write(join(home, name), content),
    runs,
    writeFile: async (path, content) => write(join(storesFolder, path), content),
    kill,
    async close() {
      await kill()
      await server.stop()
      gate.close()
      // Whatever the tests left running.
      if (await runs()) process.kill(Number(await pidOf()), 'SIGKILL')
      // A script that was cut off may still write there.
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

async function bytesOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}
