/**
 * Runs every test: installs the Debian packages that the real parts need (as root, where they are missing), builds, and
 * runs the suite. What cannot be had is skipped, each test with its reason. The last line has the counts.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A program that shows that a package is there, and the packages that bring it. */
const realParts = [
  { program: '/usr/bin/radosgw', packages: ['ceph-mon', 'ceph-osd', 'ceph-mgr', 'radosgw', 'ceph-common'] },
  { program: '/usr/sbin/sshd', packages: ['openssh-server'] },
  { program: '/usr/bin/ssh-agent', packages: ['openssh-client'] },
  { program: '/usr/bin/openssl', packages: ['openssl'] },
  { program: '/usr/bin/curl', packages: ['curl'] },
  { program: '/usr/bin/gnome-keyring-daemon', packages: ['gnome-keyring'] },
  { program: '/usr/bin/dbus-daemon', packages: ['dbus'] },
  { program: '/usr/share/doc/libsecret-1-0', packages: ['libsecret-1-0'] },
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

interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

const wanted = process.argv.slice(2)
installRealParts()
const bin = join(import.meta.dirname, '../node_modules/.bin')
const built = run(join(bin, 'electron-vite'), ['build', '--logLevel', 'warn'])
const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
const report = join(folder, 'results.json')
const status =
  built === 0
    ? run(join(bin, 'vitest'), [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...wanted,
      ])
    : built
const results: Results = existsSync(report)
  ? JSON.parse(readFileSync(report, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 }
rmSync(folder, { recursive: true })
const skipped = results.numPendingTests + results.numTodoTests
console.log(
  `${results.numPassedTests} passed, ${results.numFailedTests} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
)
process.exitCode = status !== 0 || results.numPassedTests === 0 ? 1 : 0
