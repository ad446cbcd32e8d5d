import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Runbook, RunbookSetting } from '../../../../src/main/ports/runbook.ts'
import { sharedRunbooks } from '../../../../src/main/systems/any/runbooks.ts'
import { armadaRunbooks } from '../../../../src/main/systems/armada/runbooks/runbooks.ts'
import { changoRunbooks } from '../../../../src/main/systems/chango/runbooks/runbooks.ts'
import { kindlingRunbooks } from '../../../../src/main/systems/kindling/runbooks/runbooks.ts'
import { kiokRunbooks } from '../../../../src/main/systems/kiok/runbooks/runbooks.ts'
import { kisekiRunbooks } from '../../../../src/main/systems/kiseki/runbooks/runbooks.ts'
import { systemNames, type SystemName } from '../../../../src/shared/domain/system-name.ts'

/** A folder that a careless command takes apart, and a program that it then runs. */
const oddFolder = '/opt/odd $(mark) & folder'
const oddText = '--odd $(mark) & text'

type Values = Readonly<Record<string, unknown>>

const login = { ssh: {} }
const connections: Readonly<Record<SystemName, Values>> = {
  kiok: { masters: ['https://kiok-1:8443'], hosts: ['ops@kiok-1:2222', 'ops@kiok-2'], contextPath: '/kiok' },
  chango: { masters: ['https://chango-1', 'https://chango-2'], hosts: ['ops@chango-1:2222', 'ops@chango-2'] },
  kiseki: {
    nodes: ['http://kiseki-1:9090', 'http://kiseki-2:9090'],
    dataPorts: ['http://kiseki-1:9100', 'http://kiseki-2:9100'],
    hosts: ['ops@kiseki-1', 'ops@kiseki-2'],
  },
  armada: {
    servers: ['https://armada-1:8443'],
    followers: ['https://armada-2:8443'],
    hosts: ['ops@armada-1'],
  },
  kindling: {
    hosts: ['ops@kindling-1', 'ops@kindling-2'],
    api: ['https://kindling.example'],
    token: 'token-1',
    databaseHost: 'ops@db-1',
    databaseSsh: 'ssh postgres@db-1',
    dataFolder: '/var/lib/postgresql/15/main',
    toolConfig: '',
    postgresConfig: '',
  },
}

/** What the examples of the inputs do not fit. */
const inputsOf: Readonly<Record<string, string>> = {
  worker: '',
  node: 'ops@kiseki-1',
  nodes: 'ops@kiseki-1',
  leader: 'ops@kiok-1:2222',
}

function hostOf({ hosts }: Values): string {
  return Array.isArray(hosts) ? String(hosts[0]) : ''
}

function fits(runbook: Runbook, setting: RunbookSetting): boolean {
  try {
    return runbook.steps(setting).length > 0
  } catch {
    return false
  }
}

/** The runbook of a cluster whose texts are as odd as they are taken. */
function oddSetting(runbook: Runbook, system: SystemName): RunbookSetting {
  const connection = connections[system]
  const given = runbook.inputs.map(({ name, example, usual, credential }): [string, string] => [
    name,
    credential === undefined
      ? (inputsOf[name] ?? (name === 'host' ? hostOf(connection) : usual === '' ? example : usual))
      : 'login-1',
  ])
  let setting = {
    cluster: { name: oddText, system, connection: { ...login, ...connection } },
    inputs: Object.fromEntries(given),
  }
  const tries: ((odd: string) => typeof setting)[] = [
    ...runbook.inputs.map(({ name }) => (odd: string) => ({
      ...setting,
      inputs: { ...setting.inputs, [name]: odd },
    })),
    ...Object.entries(connection)
      .filter(([, value]) => typeof value === 'string')
      .map(([name]) => (odd: string) => ({
        ...setting,
        cluster: { ...setting.cluster, connection: { ...setting.cluster.connection, [name]: odd } },
      })),
  ]
  expect(fits(runbook, setting), `${runbook.id} of ${system}: ${JSON.stringify(setting)}`).toBe(true)
  for (const other of tries) {
    const odd = [oddFolder, oddText].find((value) => fits(runbook, other(value)))
    if (odd !== undefined) setting = other(odd)
  }
  return setting
}

/**
 * What of the outside a command may use here: nothing. Each simple command is told with the words that the shell has made, and is
 * not run; what goes to another host, user or shell is read there once more.
 */
const stage = `
mark() { echo 'MARK RAN'; }
cd() { :; }
ssh() { while [ "$1" != -- ]; do shift; done; shift; /bin/bash --norc -c "$*"; }
sudo() { while :; do case $1 in -n) shift;; -u) shift 2;; *) break;; esac; done; "$@"; }
env() { while [[ $1 == *=* ]]; do shift; done; "$@"; }
sh() { /bin/bash --norc "$@"; }
bash() { /bin/bash --norc "$@"; }
command_not_found_handle() { :; }
export -f mark cd ssh sudo env sh bash command_not_found_handle
export PATH=/nowhere SHELLOPTS
`

/** Variables of the operator's shell that stand for secrets, by their names. */
const secretVariable = /\$\{?((?!CURL_LOGIN)[A-Z][A-Z0-9_]+)/g

function readByShell(command: string): string {
  const harmless = command.replaceAll('>/', '>/nowhere/')
  const names = [...command.matchAll(secretVariable)].map(([, name = '']) => name)
  const { stdout, stderr } = spawnSync('/bin/bash', ['--norc', '-c', `${stage}\nset -x\n${harmless}\n`], {
    encoding: 'utf8',
    env: Object.fromEntries(names.map((name) => [name, `canary of ${name}`])),
    input: '',
  })
  return stdout + stderr
}

/** The simple commands that every program of the host would see with a secret in them. What the shell itself does is not seen. */
function tellingSecrets(read: string): readonly string[] {
  return read
    .split('\n')
    .filter((line) => /^\++ .*canary of/.test(line) && !/^\++ (?:printf|read|export|[A-Z0-9_]+=)/.test(line))
}

/** kindling takes the password as an argument alone, which the runbook says before. */
const asArgument = new Set(['KD-4 superuser'])

const cases = [
  ...[...kiokRunbooks, ...changoRunbooks, ...kisekiRunbooks, ...armadaRunbooks, ...kindlingRunbooks].map(
    (runbook) => [runbook.id, runbook.system ?? 'kiok', runbook] as const,
  ),
  ...systemNames.flatMap((system) =>
    sharedRunbooks
      // Neither has a master key that could be lost.
      .filter(({ id }) => id !== 'X-3' || (system !== 'kiseki' && system !== 'armada'))
      .map((runbook) => [runbook.id, system, runbook] as const),
  ),
]

test.skipIf(!existsSync('/bin/bash')).each(cases)(
  'every command of %s of %s is read by a shell, here and on its host, with each name as one word and no secret as an argument',
  (runbookId, system, runbook) => {
    for (const { id, twin } of runbook.steps(oddSetting(runbook, system))) {
      if (twin === null) continue
      const read = readByShell(twin)
      expect(read, `${id}: ${twin}`).not.toContain('MARK RAN')
      expect(read, `${id}: ${twin}`).not.toMatch(/syntax error|unexpected|unterminated/)
      if (!asArgument.has(`${runbookId} ${id}`)) expect(tellingSecrets(read), `${id}: ${twin}`).toEqual([])
      // A name that is no option, also where it looks like one.
      expect(read, `${id}: ${twin}`).not.toMatch(/^\+ holdfast (?!.* -- '--odd).*'--odd/m)
      // A word that begins like the odd one is the whole of it, or a part of an address.
      expect(read, `${id}: ${twin}`).not.toMatch(/odd(?! \$\(mark\) & |%20)/)
    }
  },
)

test.skipIf(!existsSync('/bin/bash'))(
  'the throwaway password that is set by hand is the one that was typed',
  () => {
    const runbook = kindlingRunbooks.find(({ id }) => id === 'KD-4') ?? expect.fail('There is no KD-4.')
    const step = runbook.steps(oddSetting(runbook, 'kindling')).find(({ id }) => id === 'superuser')
    expect(readByShell(step?.twin ?? '')).toContain(
      "create-superuser --email USER --password 'canary of THROWAWAY' --revoke-other-sessions=false",
    )
  },
)
