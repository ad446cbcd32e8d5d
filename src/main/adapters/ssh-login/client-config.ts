import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { LineType, parse, type Line, type Match } from 'ssh-config'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { isMeant, wildcard } from './pattern-list.ts'

/** What `~/.ssh/config` says for one host; lower-case names, and for each the first value that applied. */
export type Settings = ReadonlyMap<string, readonly string[]>

/** An `ssh_config(5)` file with what it includes. Nothing in it is ever executed. */
export interface ClientConfig {
  /** `user` is the one asked for, which wins; null: the file decides. */
  settingsOf(name: string, user: string | null): Settings
}

interface Question {
  readonly name: string
  readonly localUser: string
  readonly settings: Map<string, readonly string[]>
}

type Rule =
  | { readonly kind: 'setting'; readonly name: string; readonly words: readonly string[] }
  | {
      readonly kind: 'block'
      readonly applies: (asked: Question) => boolean
      readonly rules: readonly Rule[]
    }

/** ssh(1) gives up at the same depth (READCONF_MAX_DEPTH in readconf.c). */
const deepestInclude = 16
/** Each file that has it adds to the list. */
const listed = 'identityfile'

/** A file that is not there says nothing; one that cannot be read or understood is `host.unreachable`. */
export async function readClientConfig(sshFolder: string, localUser: string): Promise<ClientConfig> {
  const rules = await readRules(join(sshFolder, 'config'), sshFolder, 0)
  return {
    settingsOf(name, user) {
      const settings = new Map<string, readonly string[]>()
      if (user !== null) settings.set('user', [user])
      apply(rules, { name, localUser, settings })
      return settings
    },
  }
}

function apply(rules: readonly Rule[], asked: Question): void {
  for (const rule of rules) {
    if (rule.kind === 'block') {
      if (rule.applies(asked)) apply(rule.rules, asked)
    } else if (rule.name === listed) {
      asked.settings.set(listed, [...(asked.settings.get(listed) ?? []), ...rule.words])
    } else if (!asked.settings.has(rule.name) && !isShadowed(rule.name, asked.settings)) {
      asked.settings.set(rule.name, rule.words)
    }
  }
}

/** Of ProxyJump and ProxyCommand the one that stands first counts. */
function isShadowed(name: string, settings: Settings): boolean {
  return (
    (name === 'proxycommand' && settings.has('proxyjump')) ||
    (name === 'proxyjump' && settings.has('proxycommand'))
  )
}

async function readRules(file: string, sshFolder: string, depth: number): Promise<readonly Rule[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw unusable(file, 'It could not be read.', error)
  }
  let lines: readonly Line[]
  try {
    lines = parse(text)
  } catch (error) {
    throw unusable(file, 'A line of it could not be understood.', error)
  }
  return rulesOf(lines, { file, sshFolder, depth })
}

interface Place {
  readonly file: string
  readonly sshFolder: string
  readonly depth: number
}

async function rulesOf(lines: readonly Line[], place: Place): Promise<readonly Rule[]> {
  const rules: Rule[] = []
  for (const line of lines) {
    if (line.type !== LineType.DIRECTIVE) continue
    const name = line.param.toLowerCase()
    const words = typeof line.value === 'string' ? [line.value] : line.value.map(({ val }) => val)
    if (name === 'include') {
      for (const word of words) {
        rules.push({ kind: 'block', applies: () => true, rules: await included(word, place) })
      }
    } else if ('config' in line) {
      const applies =
        'criteria' in line ? matcher(line.criteria) : (asked: Question) => isMeant(words, asked.name)
      rules.push({ kind: 'block', applies, rules: await rulesOf(line.config, place) })
    } else {
      rules.push({ kind: 'setting', name, words })
    }
  }
  return rules
}

/** Wildcards are understood in the last part of the path. */
async function included(word: string, { file, sshFolder, depth }: Place): Promise<readonly Rule[]> {
  if (depth >= deepestInclude) throw unusable(file, 'It includes itself.')
  const path = word.startsWith('~/') ? join(dirname(sshFolder), word.slice(2)) : word
  const full = isAbsolute(path) ? path : join(sshFolder, path)
  const names = /[*?]/.test(basename(full))
    ? (await readdir(dirname(full)).catch(() => []))
        .filter((name) => !name.startsWith('.') && wildcard(basename(full)).test(name))
        .sort()
    : [basename(full)]
  const files = await Promise.all(
    names.map((name) => readRules(join(dirname(full), name), sshFolder, depth + 1)),
  )
  return files.flat()
}

/** Criteria that would run a program, or that are not known here, do not match. */
function matcher(criteria: Match['criteria']): (asked: Question) => boolean {
  const tests = Object.entries(criteria).map(([keyword, value]) => {
    const patterns = (typeof value === 'string' ? value : value.map(({ val }) => val).join(',')).split(',')
    const isNegated = keyword.startsWith('!')
    const test = criterion(keyword.replace(/^!/, '').toLowerCase(), patterns)
    return (asked: Question): boolean => {
      const verdict = test(asked)
      return verdict !== null && verdict !== isNegated
    }
  })
  return (asked) => tests.every((test) => test(asked))
}

function criterion(keyword: string, patterns: readonly string[]): (asked: Question) => boolean | null {
  switch (keyword) {
    case 'all':
      return () => true
    case 'host':
      return ({ name, settings }) => isMeant(patterns, settings.get('hostname')?.[0] ?? name)
    case 'originalhost':
      return ({ name }) => isMeant(patterns, name)
    case 'user':
      return ({ settings, localUser }) => isMeant(patterns, settings.get('user')?.[0] ?? localUser)
    case 'localuser':
      return ({ localUser }) => isMeant(patterns, localUser)
    default:
      return () => null
  }
}

function unusable(file: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'host.unreachable',
    { what: `The SSH configuration ${file} could not be used.`, why, next: 'Correct the file.' },
    { cause },
  )
}
