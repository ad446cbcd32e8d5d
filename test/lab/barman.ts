import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { LabPostgres } from './postgres.ts'
import type { Sshd } from './sshd.ts'

const run = promisify(execFile)

/** Null where a real Barman can be run here; else why not. */
export function barmanProblem(): string | null {
  for (const program of ['/usr/bin/barman', '/usr/bin/rsync'])
    if (!existsSync(program)) return `there is no ${program} (Debian: barman, rsync)`
  return null
}

export interface LabBarman {
  /** Its configuration file; its server is `kindling`. */
  readonly config: string
  /** How it logs in as the user of PostgreSQL’s files. */
  readonly ssh: string
  barman(...args: readonly string[]): Promise<string>
  remove(): Promise<void>
}

/** A real Barman that PostgreSQL archives to from now on, and that logs in to one of the lab’s SSH servers. */
export async function barmanOf(postgres: LabPostgres, { port, keyFile }: Sshd): Promise<LabBarman> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-barman-'))
  const path = (name: string): string => join(folder, name)
  const config = path('barman.conf')
  const incoming = path('kindling/incoming')
  await mkdir(incoming, { recursive: true })
  await copyFile(keyFile, path('key'))
  await chmod(path('key'), 0o600)
  const connection = `${postgres.connection} user=postgres`
  await writeFile(
    config,
    [
      '[barman]',
      'barman_user = barman',
      `barman_home = ${folder}`,
      `log_file = ${path('barman.log')}`,
      '[kindling]',
      'description = the lab',
      `conninfo = ${connection}`,
      `streaming_conninfo = ${connection}`,
      'backup_method = postgres',
      'archiver = on',
      'immediate_checkpoint = true',
      'path_prefix = /usr/lib/postgresql/15/bin',
      '',
    ].join('\n'),
  )
  await run('chown', ['-R', 'barman:barman', folder])
  await chmod(folder, 0o755)
  // PostgreSQL's socket is in there.
  await chmod(dirname(postgres.dataFolder), 0o711)
  // PostgreSQL puts its WAL there as its own user.
  await chmod(incoming, 0o777)
  const archive = `install -m 644 %p ${incoming}/.%f && mv ${incoming}/.%f ${incoming}/%f`
  await postgres.sql(`ALTER SYSTEM SET archive_command = '${archive}'`)
  await postgres.sql('SELECT pg_reload_conf()')
  const options = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'
  return {
    config,
    ssh: `ssh -p ${port} -i ${path('key')} ${options} postgres@127.0.0.1`,
    async barman(...args) {
      const { stdout } = await run('runuser', ['-u', 'barman', '--', 'barman', '-c', config, ...args], {
        cwd: '/',
      })
      return stdout.trim()
    },
    remove: async () => rm(folder, { recursive: true, force: true }),
  }
}
