import type { JudgedCluster, JudgedHealth } from './cluster-health.ts'
import { ageWords, countOf } from './size-words.ts'
import { dayWords } from './time-words.ts'

export interface FleetSentence {
  /** The one sentence of the page, of the worst cluster. */
  readonly title: string
  /** What else is to be known, or null. */
  readonly lead: string | null
}

type Judged = JudgedHealth<JudgedCluster>

/** What an operator has to know of the whole fleet, in two sentences. `judged` worst first. */
export function fleetSentence(judged: readonly Judged[]): FleetSentence {
  const act = judged.filter(({ health }) => health.group === 'act')
  const open = judged.filter(({ health }) => health.group === 'attention')
  const good = judged.filter(({ health }) => health.group === 'good')
  const unseen = open.filter(({ cluster }) => cluster.look === null)
  const attention = open.filter(({ cluster }) => cluster.look !== null)
  const rest = [
    ...(attention.length > 0
      ? [`${inWords(attention.length)} ${verb(attention, 'needs', 'need')} attention`]
      : []),
    ...(unseen.length > 0
      ? [`${inWords(unseen.length)} ${verb(unseen, 'is', 'are')} not looked at yet`]
      : []),
    ...(good.length > 0 ? [`${inWords(good.length)} ${verb(good, 'is', 'are')} good`] : []),
  ]
  const [worst] = act
  if (worst !== undefined) {
    const others = act.slice(1)
    const first =
      others.length === 0 ? null : `${named(others)} ${verb(others, 'needs', 'need')} action, too.`
    return { title: atRisk(worst), lead: joined(first, sentence(rest)) }
  }
  if (unseen.length === judged.length)
    return { title: `Looking at ${countOf(unseen.length, 'cluster')}.`, lead: null }
  if (attention.length > 0) return attentionSentence(attention, sentence(rest.slice(1)))
  if (unseen.length > 0)
    return {
      title: `${capital(inWords(good.length))} of ${judged.length} clusters can be restored.`,
      lead: sentence(rest.slice(0, 1)),
    }
  return allGood(good)
}

function atRisk({ cluster, health }: Judged): string {
  const newest = cluster.look?.newestRestorable
  if (cluster.look?.failure) return `The repository of ${cluster.name} cannot be read.`
  if (newest === null || newest === undefined || health.newestAgeMs === null)
    return `${cluster.name} could not be restored if it failed now.`
  return `${cluster.name} can only be restored to ${clock(newest.createdAt)}, ${ageWords(health.newestAgeMs)} ago.`
}

function attentionSentence(attention: readonly Judged[], rest: string | null): FleetSentence {
  const [worst] = attention
  if (worst === undefined) return { title: '', lead: rest }
  const { cluster, health } = worst
  const others = attention.length - 1
  const more =
    others === 0 ? null : `${capital(inWords(others))} more ${others === 1 ? 'needs' : 'need'} attention.`
  return {
    title: `No cluster needs action now; ${attentionOf(cluster.name, health.word)}.`,
    lead: joined(more, rest),
  }
}

function attentionOf(name: string, word: string): string {
  return `${name} needs attention: ${word.charAt(0).toLowerCase()}${word.slice(1)}`
}

function allGood(good: readonly Judged[]): FleetSentence {
  const oldest = [...good].sort((a, b) => (b.health.newestAgeMs ?? 0) - (a.health.newestAgeMs ?? 0))[0]
  const title =
    good.length === 1
      ? `${good[0]?.cluster.name ?? ''} can be restored.`
      : `All ${good.length} clusters can be restored.`
  if (oldest === undefined || oldest.health.newestAgeMs === null) return { title, lead: null }
  const age = ageWords(oldest.health.newestAgeMs)
  return {
    title,
    lead:
      good.length === 1
        ? `Its newest proved backup is ${age} old.`
        : `The oldest of the newest proved backups is ${age} old, of ${oldest.cluster.name}.`,
  }
}

/** `kiok-prod`, `a and b`, `a, b and 4 more`. */
function named(judged: readonly Judged[]): string {
  const names = judged.map(({ cluster }) => cluster.name)
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

function verb(of: readonly unknown[], one: string, many: string): string {
  return of.length === 1 ? one : many
}

const small = [
  'none',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]

function inWords(value: number): string {
  return small[value] ?? String(value)
}

function sentence(parts: readonly string[]): string | null {
  return parts.length === 0 ? null : `${capital(parts.join('; '))}.`
}

function joined(...parts: readonly (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null)
  return said.length === 0 ? null : said.join(' ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `7 Nov 02:00 UTC` */
function clock(at: string): string {
  return `${dayWords(new Date(at))} ${at.slice(11, 16)} UTC`
}
