import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { fingerprintOf } from '../../../src/main/adapters/ssh-login/known-hosts.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { accountsPlayed, type AccountsPlayed } from './kindling-accounts.ts'
import { startKindlingApi } from './kindling-api.ts'
import { kindlingSystemctl } from './kindling-systemctl.ts'
import type { LabPostgres, PostgresTemplate } from '../postgres.ts'
import { heldStart, type HeldStart } from '../runbooks/hosts.ts'
import { startSshd, type Sshd } from '../sshd.ts'
import { listening, wireTo, type Wire } from '../wire.ts'

export const kindlingSecrets = {
  token: `knd_${'5e'.repeat(32)}`,
  sudo: 'a sudo password that is shown nowhere',
  dsnPassword: 'a-database-password-that-is-shown-nowhere',
  masterKey: 'thirty-two bytes, shown nowhere.',
}

export interface KindlingLab {
  /** With `token` and `sudo` as ids of the credentials. */
  readonly values: ConnectionValues
  /** Where its API is. */
  readonly api: string
  readonly postgres: LabPostgres
  /** Of the host that PostgreSQL and its backup tool are on. */
  readonly sshd: Sshd
  /** Of all hosts, that one first. */
  readonly servers: readonly Sshd[]
  readonly accounts: AccountsPlayed
  /** The addresses of the hosts, the one with the backups first. */
  readonly hosts: readonly string[]
  /** Runs of pgBackRest or Barman that were meant to change something. */
  changes(): number
  /** Every connection breaks once the next backup has begun. */
  breakNextBackup(): void
  /** Writes a file into the home of the units' user on one host. */
  writeFile(host: number, name: string, content: string): Promise<void>
  /** Another run holds the lock until the function that is returned is called. */
  holdLock(): Promise<() => Promise<void>>
  /** What was done to the units of a host, a line each, in order. */
  unitLog(host: number): Promise<readonly string[]>
  /** What the unit's log has of the last 10 min. */
  logs(host: number, line: string): Promise<void>
  /** What is next done to its units is done, and not said. */
  holdUnits(host: number): HeldStart
  /** The unit does not start on that host from now on. */
  refuseUnit(host: number, unit: string): Promise<void>
  /** Every process there ends, and then the units start that are enabled and that nothing holds back. */
  reboot(host: number): Promise<void>
  /** As the site does it: a drop-in of its own, which systemd has read. */
  putDropIn(host: number, unit: string, text: string): Promise<void>
  /** What lies in its /etc/systemd/system, by its path there. */
  holds(host: number): Promise<readonly string[]>
  killHost(host: number): Promise<void>
  /** What kindling tells of the worker of a host from now on. */
  tellWorker(host: number, told: { readonly status: string; readonly heartbeat_health: string }): void
  kill(): Promise<void>
  close(): Promise<void>
}

/** The tables of kindling that matter here, with its publication (source: database/schema.sql, internal/listener). */
export const kindlingSchema = `
CREATE ROLE kindling LOGIN REPLICATION;
${[
  'deployments',
  'deployment_instances',
  'projects',
  'builds',
  'ci_jobs',
  'vms',
  'domains',
  'preview_environments',
  'instance_migrations',
]
  .map((name) => `CREATE TABLE ${name} (id uuid PRIMARY KEY); ALTER TABLE ${name} OWNER TO kindling;`)
  .join('\n')}
CREATE TABLE servers (id uuid PRIMARY KEY, hostname text NOT NULL DEFAULT '', status text NOT NULL DEFAULT 'active',
 last_heartbeat_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE project_volumes (id uuid PRIMARY KEY, status text NOT NULL DEFAULT 'detached', health text NOT NULL DEFAULT 'unknown',
 last_error text NOT NULL DEFAULT '', updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE project_volume_operations (id uuid PRIMARY KEY, project_volume_id uuid REFERENCES project_volumes(id), kind text,
 status text NOT NULL DEFAULT 'pending', error text NOT NULL DEFAULT '', started_at timestamptz, failed_at timestamptz,
 created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE project_volume_backups (id uuid PRIMARY KEY, project_volume_id uuid REFERENCES project_volumes(id),
 status text NOT NULL DEFAULT 'pending', error text NOT NULL DEFAULT '', failed_at timestamptz,
 updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE cluster_audit_events (id uuid PRIMARY KEY, action text NOT NULL, resource_type text, resource_id uuid,
 details jsonb NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL DEFAULT now());
ALTER TABLE cluster_audit_events OWNER TO kindling;
ALTER TABLE servers OWNER TO kindling; ALTER TABLE project_volumes OWNER TO kindling;
ALTER TABLE project_volume_operations OWNER TO kindling; ALTER TABLE project_volume_backups OWNER TO kindling;
CREATE PUBLICATION kindling_changes FOR TABLE deployments, deployment_instances, projects, builds, ci_jobs, vms, domains,
 servers, preview_environments, instance_migrations, project_volume_operations;`

/** Two real SSH servers, a real PostgreSQL with a real pgBackRest on the first one, and an API that plays kindling's. */
export async function startKindling(
  template: PostgresTemplate,
  of: { readonly diskBytes?: number } = {},
): Promise<KindlingLab> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kindling-'))
  await chmod(folder, 0o755)
  const postgres = await template.start([], of.diskBytes)
  await postgres.listen('kindling_listener_0123456789ab', 'kindling_changes')
  let changes = 0
  let breaksNext = false
  const wires: Wire[] = []

  // Every run of the tool that changes something asks here first, and goes on when it is answered.
  const gate = createServer((socket) => {
    socket.on('error', () => undefined)
    changes += 1
    if (breaksNext) {
      breaksNext = false
      for (const wire of wires) wire.cut()
    }
    socket.end('go\n')
  })
  const gatePort = await listening(gate)
  const programs = join(folder, 'bin')
  await mkdir(programs)
  for (const program of ['pgbackrest', 'barman']) {
    await writeFile(
      join(programs, program),
      `#!/bin/bash
case " $* " in
*" info "*|*" check "*|*" list-backups "*|*" show-servers "*) ;;
*) exec 3<>/dev/tcp/127.0.0.1/${gatePort} && read -r go <&3; exec 3>&-;;
esac
exec /usr/bin/${program} "$@"
`,
      { mode: 0o755 },
    )
  }

  const servers: Sshd[] = []
  const unitFolders: string[] = []
  for (let host = 0; host < 2; host += 1) {
    const own = join(folder, `host-${host}`)
    await mkdir(own)
    for (const unit of ['api', 'worker', 'edge'])
      await writeFile(join(own, `kindling@${unit}.service`), unit === 'edge' ? 'inactive' : 'active')
    if (host === 0) await writeFile(join(own, 'postgresql@lab.service'), 'active')
    const etc = join(own, 'etc')
    await mkdir(etc)
    await writeFile(
      join(own, 'systemctl'),
      kindlingSystemctl({
        folder: own,
        etc,
        dataFolder: postgres.dataFolder,
        hasPostgres: host === 0,
      }),
      { mode: 0o755 },
    )
    // What the last 10 min have; after a restart nothing.
    await writeFile(
      join(own, 'journalctl'),
      `#!/bin/sh\ncase "$*" in *--since=-10min*) cat '${own}/journal' 2>/dev/null;; esac\nexit 0\n`,
      { mode: 0o755 },
    )
    unitFolders.push(own)
    const server = await startSshd({
      users: [
        {
          name: 'lab-operator',
          password: kindlingSecrets.sudo,
          sudo: '(postgres, barman) NOPASSWD: ALL, (lab-kindling, root) PASSWD: ALL',
        },
        { name: 'lab-kindling', password: 'x' },
      ],
      unlocked: ['postgres'],
      sudoPath: `${own}:${programs}`,
      config: [`SetEnv PATH=${own}:${programs}:/usr/bin:/bin`],
      mounts: [{ from: etc, to: '/etc/systemd/system' }],
    })
    if ('skip' in server) throw new Error(server.skip)
    servers.push(server)
    wires.push(await wireTo(server.port))
  }

  const writeInHome = async (host: number, name: string, content: string): Promise<void> => {
    const server = servers[host]
    if (server === undefined) throw new Error(`the lab has no host ${host}`)
    const home = join(server.folder, 'lab-kindling', '.kindling')
    await mkdir(home, { recursive: true })
    await writeFile(join(home, name), content, { mode: 0o600 })
    for (const path of [home, join(home, name)]) await chown(path, 64_101, 64_101)
  }
  const dsn = `postgres://kindling:${kindlingSecrets.dsnPassword}@10.0.0.5:5432/kindling`
  for (const [host] of servers.entries()) {
    // A line end more or less is no difference to kindling.
    await writeInHome(host, 'postgres.dsn', host === 0 ? dsn : ` ${dsn}\n`)
    await writeInHome(host, 'master.key', kindlingSecrets.masterKey)
    await writeInHome(host, 'server-id', `00000000-0000-4000-8000-00000000000${host}\n`)
  }

  const accounts = await accountsPlayed(folder, programs, kindlingSecrets.token)
  const api = await startKindlingApi({
    accounts,
    repository: postgres.repository,
    changes() {
      changes += 1
      const isLost = breaksNext
      breaksNext = false
      return isLost
    },
  })

  const [sshd] = servers
  if (sshd === undefined) throw new Error('the lab has no host')
  const hosts = wires.map(({ port }) => `lab-operator@127.0.0.1:${port}`)
  const kill = async (): Promise<void> => {
    await Promise.all([api.close(), ...wires.map(async (wire) => wire.close())])
  }
  return {
    values: {
      hosts,
      ssh: {
        keyFiles: servers.map(({ keyFile }) => keyFile),
        sudoCredential: 'sudo',
        hostKeys: servers.map(({ hostKeys }, host) => ({
          host: hosts[host] ?? '',
          fingerprint: fingerprintOf(Buffer.from(hostKeys.ed25519.split(' ')[1] ?? '', 'base64')),
        })),
      },
      toolConfig: postgres.config,
      postgres: postgres.connection,
      dataFolder: postgres.dataFolder,
      postgresUnit: 'postgresql@lab.service',
      serviceUser: 'lab-kindling',
      api: [api.url],
      token: 'token',
    },
    api: api.url,
    postgres,
    sshd,
    servers,
    accounts,
    hosts,
    changes: () => changes,
    breakNextBackup() {
      breaksNext = true
    },
    writeFile: writeInHome,
    async holdLock() {
      const holder = spawn(
        'runuser',
        ['-u', 'postgres', '--', 'flock', postgres.lockFile, 'sh', '-c', 'echo held; cat'],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      )
      await once(holder.stdout, 'data')
      return async () => {
        holder.stdin.end()
        await once(holder, 'exit')
      }
    },
    async unitLog(host) {
      const text = await readFile(join(unitFolders[host] ?? '', 'done.log'), 'utf8').catch(() => '')
      return text.split('\n').filter((line) => line !== '')
    },
    async logs(host, line) {
      await appendFile(join(unitFolders[host] ?? '', 'journal'), `${line}\n`)
    },
    holdUnits: (host) => heldStart(unitFolders[host] ?? ''),
    async refuseUnit(host, unit) {
      await appendFile(join(unitFolders[host] ?? '', 'refused'), `${unit}\n`)
    },
    async reboot(host) {
      const server = servers[host]
      server?.killStarted()
      server?.killSessions()
      if (host === 0) await postgres.end().catch(() => undefined)
      await promisify(execFile)(join(unitFolders[host] ?? '', 'systemctl'), ['boot'])
    },
    async putDropIn(host, unit, text) {
      const own = unitFolders[host] ?? ''
      const folder = join(own, 'etc', `${unit}.d`)
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'site.conf'), text)
      await promisify(execFile)(join(own, 'systemctl'), ['daemon-reload'])
    },
    holds: async (host) => filesIn(join(unitFolders[host] ?? '', 'etc')),
    tellWorker(host, told) {
      api.tellWorker(host, told)
    },
    async killHost(host) {
      await wires[host]?.close()
    },
    kill,
    async close() {
      await kill()
      await Promise.all(servers.map(async (server) => server.stop()))
      await postgres.stop()
      gate.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
