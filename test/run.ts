/**
 * Runs every test: installs the Debian packages that the real parts need (as root, where they are missing), builds, and
 * runs the suite. What cannot be had is skipped, each test with its reason. The last line has the counts.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nothing, runVitest, type Counts } from './run-vitest.ts'

/** A program that shows that a package is there, and the packages that bring it. */
const realParts = [
  { program: '/usr/bin/radosgw', packages: ['ceph-mon', 'ceph-osd', 'ceph-mgr', 'radosgw', 'ceph-common'] },
  { program: '/usr/sbin/sshd', packages: ['openssh-server'] },
  { program: '/usr/bin/sudo', packages: ['sudo'] },
  { program: '/usr/bin/ssh-agent', packages: ['openssh-client'] },
  { program: '/usr/bin/openssl', packages: ['openssl'] },
  { program: '/usr/bin/curl', packages: ['curl'] },
  { program: '/usr/bin/python3', packages: ['python3'] },
  { program: '/usr/bin/strace', packages: ['strace'] },
  { program: '/usr/bin/gnome-keyring-daemon', packages: ['gnome-keyring', 'dbus', 'libsecret-1-0'] },
  { program: '/usr/lib/postgresql/15/bin/initdb', packages: ['postgresql', 'postgresql-15'] },
  { program: '/usr/bin/pgbackrest', packages: ['pgbackrest'] },
  { program: '/usr/bin/barman', packages: ['barman', 'rsync'] },
  { program: '/usr/bin/ldb', packages: ['rocksdb-tools'] },
  { program: '/usr/bin/chromium', packages: ['chromium', 'fonts-dejavu-core'] },
]

function run(command: string, args: readonly string[]): number {
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status ?? 1
}

function installRealParts(): void {
  const missing = realParts.filter(({ program }) => !existsSync(program)).flatMap(({ packages }) => packages)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(
      `Not installed (that takes root on Debian): ${missing.join(' ')}. What needs them is skipped.`,
    )
    return
  }
  console.log(`Installing ${missing.join(' ')}`)
  const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0']
  if (run('apt-get', [...quiet, 'update']) !== 0) return
  run('apt-get', [...quiet, 'install', '-y', '--no-install-recommends', ...missing])
}

/** The specs in Chromium. Those that passed only when they were tried again are named by number, above the counts. */
function runPlaywright(
  report: string,
  files: readonly string[],
): { readonly isGood: boolean; readonly counts: Counts } {
  process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] = report
  const status = run(join(bin, 'playwright'), ['test', '--reporter=line,json', ...files])
  if (!existsSync(report)) return { isGood: false, counts: nothing }
  const {
    stats,
  }: { readonly stats: Readonly<Record<'expected' | 'unexpected' | 'flaky' | 'skipped', number>> } =
    JSON.parse(readFileSync(report, 'utf8'))
  if (stats.flaky > 0) console.log(`${stats.flaky} of the specs in Chromium passed only when tried again.`)
  return {
    isGood: status === 0,
    counts: { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped },
  }
}

const wanted = process.argv.slice(2)
const isSpec = (file: string): boolean => file.startsWith('test/e2e')
installRealParts()
const bin = join(import.meta.dirname, '../node_modules/.bin')
const built = run(join(bin, 'electron-vite'), ['build', '--logLevel', 'warn'])
const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
const runs =
  built === 0
    ? [
        ...(wanted.length > 0 && wanted.every(isSpec)
          ? []
          : [await runVitest(wanted.filter((file) => !isSpec(file)))]),
        ...(wanted.length > 0 && !wanted.some(isSpec)
          ? []
          : [runPlaywright(join(folder, 'playwright.json'), wanted.filter(isSpec))]),
      ]
    : []
rmSync(folder, { recursive: true })
const of = (what: keyof Counts): number => runs.reduce((sum, { counts }) => sum + counts[what], 0)
console.log(
  `${of('passed')} passed, ${of('failed')} failed${of('skipped') > 0 ? `, ${of('skipped')} skipped` : ''}`,
)
process.exitCode = built !== 0 || runs.some(({ isGood, counts }) => !isGood || counts.passed === 0) ? 1 : 0
