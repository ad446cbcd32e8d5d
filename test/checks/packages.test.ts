import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

interface Locked {
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

const lock = json('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> }
const own = json('package.json') as Readonly<Record<string, Readonly<Record<string, string>>>>

/** A version or a range of one, in the registry, perhaps under another name. */
const fromRegistry = /^(npm:@?[a-z0-9._/-]+@)?[\s0-9A-Za-z.^~<>=|*+-]*$/

/** Packages that do not come from the registry with a hash that says what they are, or ask for such ones. */
function foreignIn(packages: Readonly<Record<string, Locked>>): readonly string[] {
  return Object.entries(packages)
    .filter(([path, { resolved, integrity, link, dependencies, optionalDependencies }]) => {
      const asked = Object.values({ ...dependencies, ...optionalDependencies })
      if (!asked.every((range) => fromRegistry.test(range))) return true
      if (path === '') return false
      const isElsewhere = resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')
      return link === true || isElsewhere || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')
    })
    .map(([path]) => path)
}

const sha512 = `sha512-${'A'.repeat(86)}==`

describe('Every package that is installed', () => {
  test('comes from the registry, with the SHA-512 of what it is', () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
    expect(foreignIn(lock.packages)).toEqual([])
  })

  test.each<[string, Locked]>([
    ['git', { resolved: 'git+ssh://git@github.com/a/b.git#0123', integrity: sha512 }],
    ['plain http', { resolved: 'http://registry.npmjs.org/a/-/a-1.0.0.tgz', integrity: sha512 }],
    ['another server', { resolved: 'https://registry.npmjs.org.example/a.tgz', integrity: sha512 }],
    ['a file', { resolved: 'file:../a.tgz', integrity: sha512 }],
    ['a link', { link: true, integrity: sha512 }],
    ['no hash', {}],
    ['a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['two hashes', { integrity: `${sha512} sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=` }],
    ['a dependency from git', { integrity: sha512, optionalDependencies: { b: 'github:a/b#0123' } }],
    ['a dependency without a prefix', { integrity: sha512, dependencies: { b: 'a/b' } }],
    ['a dependency from a server', { integrity: sha512, dependencies: { b: 'https://a.example/b.tgz' } }],
  ])('would be found if it came with %s', (_name, planted) => {
    expect(foreignIn({ 'node_modules/ok': { integrity: sha512 }, 'node_modules/planted': planted })).toEqual([
      'node_modules/planted',
    ])
  })

  test('is asked for in one version, and none of them runs a script when it is installed', () => {
    const asked = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((name) =>
      Object.values(own[name] ?? {}),
    )
    expect(asked.filter((version) => !/^(npm:@[a-z/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([])
    expect(readFileSync(join(root, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true')
  })
})

const strace = '/usr/bin/strace'

describe.skipIf(!existsSync(strace))('A package that is loaded (strace is needed to watch it)', () => {
  test('opens nothing of the account and connects to nobody', () => {
    const home = mkdtempSync(join(tmpdir(), 'holdfast-packages-'))
    for (const name of [
      '.ssh/id_ed25519',
      '.ssh/config',
      '.aws/credentials',
      '.npmrc',
      '.gitconfig',
      '.netrc',
    ]) {
      mkdirSync(dirname(join(home, name)), { recursive: true })
      writeFileSync(join(home, name), 'canary')
    }
    const names = Object.keys(own['dependencies'] ?? {})
    const script = `for (const name of ${JSON.stringify(names)}) await import(name); console.log('loaded')`
    // Beside the project, so that the names are found there.
    const file = join(root, 'out', 'every-package.mjs')
    writeFileSync(file, script)
    const trace = join(home, 'trace')
    const { stdout, stderr } = spawnSync(
      strace,
      ['-f', '-qq', '-o', trace, '-e', 'trace=open,openat,connect,execve', process.execPath, file],
      { encoding: 'utf8', env: { HOME: home, PATH: process.env['PATH'] } },
    )
    rmSync(file)
    const calls = readFileSync(trace, 'utf8').split('\n')
    rmSync(home, { recursive: true })
    expect([stdout, stderr]).toEqual(['loaded\n', ''])
    expect(calls.filter((call) => call.includes('keytar')).length).toBeGreaterThan(0)
    expect(calls.filter((call) => call.includes(home) || /\b(connect|execve)\(/.test(call))).toEqual([
      expect.stringContaining(`execve(${JSON.stringify(process.execPath)}`),
    ])
  })
})
