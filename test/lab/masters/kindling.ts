import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fingerprintOf } from '../../../src/main/adapters/ssh-login/known-hosts.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { answeringServer } from '../../fakes/answering-server.ts'
import type { LabPostgres, PostgresTemplate } from '../postgres.ts'
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
  readonly postgres: LabPostgres
  /** The addresses of the hosts, the one with the backups first. */
  readonly hosts: readonly string[]
  /** Runs of pgBackRest that were meant to change something. */
  changes(): number
  /** Every connection breaks once the next backup has begun. */
  breakNextBackup(): void
  /** Writes a file into the home of the units' user on one host. */
  writeFile(host: number, name: string, content: string): Promise<void>
  /** Another run holds the lock until the function that is returned is called. */
  holdLock(): Promise<() => Promise<void>>
  killHost(host: number): Promise<void>
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
  'servers',
  'preview_environments',
  'instance_migrations',
]
  .map((name) => `CREATE TABLE ${name} (id uuid PRIMARY KEY); ALTER TABLE ${name} OWNER TO kindling;`)
  .join('\n')}
CREATE TABLE project_volume_operations (id uuid PRIMARY KEY, kind text, status text, created_at timestamptz, started_at timestamptz);
ALTER TABLE project_volume_operations OWNER TO kindling;
CREATE PUBLICATION kindling_changes FOR TABLE deployments, deployment_instances, projects, builds, ci_jobs, vms, domains,
 servers, preview_environments, instance_migrations, project_volume_operations;`

/** As systemd 252 shows units of which the edge is not there. */
const systemctl = `#!/bin/sh
for unit in api worker; do
  printf 'NRestarts=0\\nId=kindling@%s.service\\nLoadState=loaded\\nActiveState=active\\nSubState=running\\nUnitFileState=enabled\\n\\n' $unit
done
printf 'NRestarts=0\\nId=kindling@edge.service\\nLoadState=loaded\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=disabled\\n\\n'
printf 'NRestarts=0\\nId=kindling.service\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=\\n'
`

/** Two real SSH servers, a real PostgreSQL with a real pgBackRest on the first one, and an API that plays kindling's. */
export async function startKindling(template: PostgresTemplate): Promise<KindlingLab> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kindling-'))
  await chmod(folder, 0o755)
  const postgres = await template.start()
  await postgres.listen('kindling_listener_0123456789ab', 'kindling_changes')
  let changes = 0
  let breaksNext = false
  const wires: Wire[] = []

  // Every run of pgBackRest that changes something asks here first, and goes on when it is answered.
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
  await writeFile(
    join(programs, 'pgbackrest'),
    `#!/bin/bash
case " $* " in
*" info "*|*" check "*) ;;
*) exec 3<>/dev/tcp/127.0.0.1/${gatePort} && read -r go <&3; exec 3>&-;;
esac
exec /usr/bin/pgbackrest "$@"
`,
    { mode: 0o755 },
  )
  await writeFile(join(programs, 'systemctl'), systemctl, { mode: 0o755 })

  const servers: Sshd[] = []
  for (let host = 0; host < 2; host += 1) {
    const server = await startSshd({
      users: [
        {
          name: 'lab-operator',
          password: kindlingSecrets.sudo,
          sudo: '(postgres) NOPASSWD: ALL, (lab-kindling) PASSWD: ALL',
        },
        { name: 'lab-kindling', password: 'x' },
      ],
      sudoPath: programs,
      config: [`SetEnv PATH=${programs}:/usr/bin:/bin`],
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

  const api = await answeringServer(({ path, headers }, response) => {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (path === '/healthz') response.end('ok')
    else if (headers.authorization !== `Bearer ${kindlingSecrets.token}`)
      send(401, { error: 'authentication required', code: 'unauthorized' })
    else if (path === '/api/platform/servers') send(200, ['kindling-1', 'kindling-2'].map(healthyServer))
    else send(404, { error: 'not found', code: 'not_found' })
  })

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
      serviceUser: 'lab-kindling',
      api: [api.url],
      token: 'token',
    },
    postgres,
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

/** Source (rpc/servers/servers.go): the row of a server whose api runs in a process of its own. */
function healthyServer(hostname: string): object {
  return {
    id: `id-of-${hostname}`,
    hostname,
    status: 'active',
    health: 'healthy',
    heartbeat_health: 'healthy',
    heartbeat_age_seconds: 4,
    enabled_components: ['worker'],
    components: [{ component: 'worker', enabled: true, health: 'healthy' }],
  }
}
