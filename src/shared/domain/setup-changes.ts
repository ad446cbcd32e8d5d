import { spanFlag } from './span-flag.ts'
import { isJsonObject, type JsonObject } from './strict-json.ts'

/** A field that an import would write, in words. `weakens`: why less is asked for or more is trusted than now. */
export interface SetupChange {
  readonly field: string
  readonly before: string | null
  readonly after: string | null
  readonly weakens: string | null
}

interface Field {
  readonly path: string
  /** Undefined: it is not there. */
  readonly before: unknown
  readonly after: unknown
  /** What it belongs to is not here yet: nothing is replaced by it. */
  readonly isNew: boolean
}

type Rule = readonly [RegExp, (field: Field) => string | null]

/**
 * What differs between a record here and the one of an import, both as a setup writes them; null: it is not here yet. What is
 * null is as good as left out.
 */
export function setupChanges(before: JsonObject | null, after: JsonObject): readonly SetupChange[] {
  const old = before === null ? new Map<string, unknown>() : leavesOf(before)
  const now = leavesOf(after)
  const isConnected = [...old.keys()].some((path) => path.startsWith('connection.'))
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return paths
    .filter((path) => JSON.stringify(old.get(path)) !== JSON.stringify(now.get(path)))
    .map((path) => {
      const isNew = before === null || (path.startsWith('connection.') && !isConnected)
      const field = { path, before: old.get(path), after: now.get(path), isNew }
      return {
        field: path,
        before: words(field.before, path),
        after: words(field.after, path),
        weakens: weakens(field, old),
      }
    })
}

function weakens(field: Field, old: ReadonlyMap<string, unknown>): string | null {
  if (isCredential(field.after) && !field.path.startsWith('masterKeys')) {
    return 'A secret of this installation is used where the file says.'
  }
  if (field.path.startsWith('retention.rules.')) return weakerRule(field, old)
  const rule = rules.find(([pattern]) => pattern.test(field.path))
  return rule === undefined ? null : rule[1](field)
}

const longer =
  (why: string) =>
  ({ before, after, isNew }: Field): string | null =>
    !isNew && (after === undefined || (typeof before === 'number' && Number(after) > before)) ? why : null

const replaced =
  (why: string) =>
  ({ isNew }: Field): string | null =>
    isNew ? null : why

/** The first one that knows the path decides. */
const rules: readonly Rule[] = [
  [
    /^mode$/,
    ({ before, after, isNew }) =>
      !isNew && caution(after) < caution(before) ? 'The cluster is guarded less than now.' : null,
  ],
  [/^rpoMs$/, longer('Later backups count as in time.')],
  // None before: any is stricter.
  [
    /^rtoMs$/,
    (field) => (field.before === undefined ? null : longer('A slower recovery counts as in time.')(field)),
  ],
  [/^reverifyAfterDays$/, longer('Older proof counts as proof.')],
  [/^drillAfterDays$/, longer('Drills are asked for later.')],
  [/^lookEveryMinutes$/, longer('Repositories are looked at less often.')],
  [/^autoLockMinutes$/, longer('The vault stays open for longer.')],
  [/^auditAnchor\.every/, longer('The audit chain is anchored less often.')],
  [
    /^auditAnchor\.keepDays$/,
    ({ before, after }) => (Number(after) < Number(before) ? 'Anchors can be deleted sooner.' : null),
  ],
  [
    /(^|\.)allowHttp$/,
    ({ after }) => (after === true ? 'Plain HTTP is allowed: the network can read and change it.' : null),
  ],
  [
    /(^|\.)plaintext$/,
    ({ after }) => (after === true ? 'A secret is sent over plain HTTP: the network can read it.' : null),
  ],
  [
    /(^|\.)unverifiedBecause$/,
    ({ before, after }) =>
      before === undefined && after !== undefined ? 'The certificate is not verified.' : null,
  ],
  [
    /(^|\.)hostKey(s\[.*\])?$/,
    ({ before, after, isNew }) => {
      if (isNew) return null
      if (before === undefined) return 'A host key is trusted that was not compared here.'
      return after === undefined
        ? 'A host key that was compared is forgotten.'
        : 'Another host key takes the place of the one that was compared.'
    },
  ],
  [
    /(^|\.)(caFile|hostCa)$/,
    ({ after, isNew }) => {
      if (isNew) return null
      return after === undefined ? 'The authority is dropped.' : 'Another authority is believed.'
    },
  ],
  [
    /\.pin$/,
    ({ before, after }) => {
      if (before === undefined) return null
      return after === undefined
        ? 'The pin of the certificate is dropped.'
        : 'Another certificate is believed.'
    },
  ],
  [/\.serverName$/, replaced('A certificate of another name is accepted.')],
  [/^(address|repository|system)$/, replaced('It is another place than now.')],
  [/^auditAnchor\.address$/, ({ before }) => (before === undefined ? null : 'It is another place than now.')],
  [/(^|\.)credential\.source$/, replaced('It is reached with other keys.')],
  [
    /^retention\.sweepsOrphans$/,
    ({ after, isNew }) => (after === true && !isNew ? 'More is deleted.' : null),
  ],
  [
    /^ownSchedule\./,
    ({ before }) => (before === undefined ? null : 'Snapshots are taken at other times, or in another way.'),
  ],
  [/^drillSchedule\.everyDays$/, longer('Drills are made less often.')],
  [
    /^drillSchedule\.(folder|host)$/,
    ({ after }) =>
      after === undefined ? null : 'Drills write there by themselves, without anybody being asked.',
  ],
  [/^connection\.(loginKind|ssh\.keyFiles|tls\.client(Cert|Key)File)$/, () => null],
  // Hosts, origins, a proxy, users, folders of programs: whatever a system has.
  [
    /^connection\./,
    replaced('Other masters are asked, on another way, or something else is run on their hosts.'),
  ],
]

/** Rules that are left out keep nothing; where none of them was said everything stays. */
function weakerRule({ path, before, after, isNew }: Field, old: ReadonlyMap<string, unknown>): string | null {
  if (isNew) return null
  const hadRules = [...old.keys()].some((each) => each.startsWith('retention.rules.'))
  if (!hadRules) return 'Backups can go where nobody has said so yet.'
  const isLimit = path.endsWith('.atMost')
  const isLess =
    before === undefined ? isLimit : after === undefined ? !isLimit : Number(after) < Number(before)
  return isLess ? 'Fewer backups are kept.' : null
}

function caution(mode: unknown): number {
  return ['normal', 'protected', 'readOnly'].indexOf(String(mode))
}

/** One entry a field; lists that name things have one a thing, so that what is dropped is seen. */
function leavesOf(record: JsonObject): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>()
  const walk = (value: unknown, path: string): void => {
    if (value === null || value === undefined) return
    if (isJsonObject(value) && !isCredential(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`)
    } else if (Array.isArray(value) && /(^|\.)hostKeys$/.test(path)) {
      // Wherever it is kept: a host has one key.
      for (const each of value.filter(isJsonObject)) {
        leaves.set(`hostKeys[${String(each['host'])}]`, each['fingerprint'])
      }
    } else if (Array.isArray(value) && path === 'retention.pins') {
      for (const each of value.filter(isJsonObject)) {
        leaves.set(`retention.pins[${String(each['backupId'])}]`, each['reason'])
      }
    } else if (!Array.isArray(value) || value.length > 0) leaves.set(path, value)
  }
  walk(record, '')
  return leaves
}

function isCredential(value: unknown): value is { readonly label: string; readonly kind: string } {
  return isJsonObject(value) && typeof value['label'] === 'string' && typeof value['kind'] === 'string'
}

function words(value: unknown, path: string): string | null {
  if (value === undefined) return null
  if (isCredential(value)) return `${value.kind} “${value.label}”`
  if (typeof value === 'string') return value
  if (typeof value === 'number' && path.endsWith('Ms')) return spanFlag(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map((each) => words(each, path)).join(', ')
  return JSON.stringify(value)
}

/**
 * Where a setup would have a program run: options of ssh that do, wherever they stand, and what a command would take for an
 * option. A sentence; null: nowhere.
 */
export function runsProgram(value: unknown, path = ''): string | null {
  if (typeof value === 'string') {
    if (programOption.test(value) || value.startsWith('-')) return `${path}: ${value.slice(0, 200)}`
    const options = path.endsWith('databaseSsh')
      ? value.split(' ').filter((word) => word.startsWith('-'))
      : []
    const bad = options.find((word) => !/^-([46qTxaC]|[pli]\S*)$/.test(word))
    return bad === undefined ? null : `${path}: ${value.slice(0, 200)}`
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`
    if (programOption.test(name)) return at
    const found = runsProgram(inner, at)
    if (found !== null) return found
  }
  return null
}

const programOption =
  /(proxy|local|remote|known_?hosts|authorized_?keys)[\s_-]*command|match\s+exec|credential_process|pkcs11_?provider|security_?key_?provider|xauth_?location/i
