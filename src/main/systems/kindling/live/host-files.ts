import type { Probe } from '../../../../shared/contract/masters.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { Answer, Question } from '../../../engine/live/ask.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { asUser, commandFailed, notUnderstood } from './on-host.ts'

interface Dsn {
  readonly hash: string
  readonly isLoopback: boolean
  /** Whether it names the port that PgBouncer has unless it is told another one. */
  readonly isPooled: boolean
}

/**
 * What stands in the files of one host, as far as it may leave it: hashes over the salt and the content, so that they can be compared
 * with each other and with nothing else, the size of the key, whether the DSN names the host itself, and the server's id.
 */
export interface HostFiles {
  readonly host: string
  readonly dsn: Dsn | null
  /** Null: kindling takes the other one. */
  readonly replicationDsn: Dsn | null
  readonly masterKey: { readonly hash: string; readonly sizeBytes: number } | null
  readonly serverId: string | null
}

/**
 * Source (bootstrap/dsn.go, masterkey.go): the file in /etc/kindling before the one in the home; one that is empty or begins with # counts as
 * missing, and the content is trimmed. No content is an argument or an output of any program here.
 */
const script = `salt=$1
trimmed() { tr -d '\\r\\n' <"$file" | sed 's/^[[:space:]]*//;s/[[:space:]]*$//'; }
look() {
  for file in "/etc/kindling/$2" "$HOME/.kindling/$2"; do
    [ -r "$file" ] || continue
    trimmed | grep -q '^[^#]' || continue
    hash=$({ printf '%s' "$salt"; trimmed; } | sha256sum)
    near=0
    if trimmed | grep -Eq '@(127\\.|localhost[:/]|\\[::1\\]|/)|(^|[ ?&])host=(127\\.|localhost|::1|/|%2[Ff])'; then near=1; fi
    pool=0
    if trimmed | grep -Eq ':6432([/?,]|$)|(^|[ ?&])port=6432([ &]|$)'; then pool=1; fi
    echo "$1 \${hash%% *} $near $pool"
    break
  done
}
look dsn postgres.dsn
look replication postgres.replication.dsn
for file in /etc/kindling/master.key "$HOME/.kindling/master.key"; do
  [ -r "$file" ] || continue
  hash=$({ printf '%s' "$salt"; cat "$file"; } | sha256sum)
  size=$(wc -c <"$file")
  echo "key \${hash%% *} $((size))"
  break
done
if [ -r "$HOME/.kindling/server-id" ]; then
  id=$(head -c 64 "$HOME/.kindling/server-id" | tr -cd '0-9a-fA-F-')
  echo "id $id"
fi
echo end
`

export async function readHostFiles(
  host: RemoteHost,
  serviceUser: string,
  salt: string,
  signal: AbortSignal,
): Promise<HostFiles> {
  const output = await host.run(
    { argv: ['/bin/sh', '-c', script, 'sh', salt], ...asUser(host.name, serviceUser), deadlineMs: 15_000 },
    signal,
  )
  if (output.code !== 0) {
    throw commandFailed(host, 'Reading the files of kindling', output, {
      next: `Check that ${serviceUser} may read /etc/kindling and its own home.`,
    })
  }
  const lines = output.stdout.trimEnd().split('\n')
  // What a profile of the shell prints is not the script's; an answer that was cut has no end.
  if (lines.at(-1) !== 'end') throw notUnderstood('the reading of its files', host.name, output.stdout)
  const key = /^key ([0-9a-f]{64}) (\d+)$/m.exec(output.stdout)
  const id = /^id ([0-9a-fA-F-]+)$/m.exec(output.stdout)
  return {
    host: host.name,
    dsn: dsnIn(output.stdout, 'dsn'),
    replicationDsn: dsnIn(output.stdout, 'replication'),
    masterKey: key?.[1] === undefined ? null : { hash: key[1], sizeBytes: Number(key[2]) },
    serverId: id?.[1]?.toLowerCase() ?? null,
  }
}

function dsnIn(text: string, word: string): Dsn | null {
  const [, hash, near, pool] = new RegExp(`^${word} ([0-9a-f]{64}) ([01]) ([01])$`, 'm').exec(text) ?? []
  return hash === undefined ? null : { hash, isLoopback: near === '1', isPooled: pool === '1' }
}

type Comparison = Pick<Probe, 'id' | 'question'> & {
  readonly answer: (files: readonly HostFiles[]) => Answer
}

/** What has to be the same, or different, on all hosts. Every host that answered is in `files`. */
export const comparisons: readonly Comparison[] = [
  { id: 'dsn', question: 'DSN files', answer: dsnAnswer },
  { id: 'replicationDsn', question: 'Replication DSN', answer: replicationDsnAnswer },
  { id: 'masterKey', question: 'Master keys', answer: masterKeyAnswer },
  { id: 'serverId', question: 'Server ids', answer: serverIdAnswer },
]

export function comparisonQuestion({ id, question }: Comparison, of: string): Question {
  return { id, of, question, mark: 'source' }
}

function dsnAnswer(files: readonly HostFiles[]): Answer {
  const groups = grouped(files, ({ dsn }) => dsn?.hash ?? null)
  if (groups.missing.length > 0) {
    return {
      state: 'warning',
      answer: `There is none on ${groups.missing.join(', ')}: kindling falls back to a database on the host itself.`,
      next: 'Write the same /etc/kindling/postgres.dsn on every host.',
    }
  }
  if (groups.same.length > 1) {
    return {
      state: 'bad',
      answer: `They differ: ${groups.same.map((hosts) => hosts.join(', ')).join(' against ')}.`,
      next: 'Write the same /etc/kindling/postgres.dsn on every host, then restart its units.',
    }
  }
  // Source (server_registration.go): refused at the start where there are several servers.
  if (files.length > 1 && files.some(({ dsn }) => dsn?.isLoopback === true)) {
    return {
      state: 'bad',
      answer: 'They are the same, and name the host itself: each host means another database.',
      next: 'Name the private shared address of PostgreSQL in it.',
    }
  }
  return { state: 'ok', answer: sameWords(files), evidence: 'sha256sum on the hosts' }
}

/**
 * Source (bootstrap/dsn.go): where a host has no file of its own for it, the other DSN counts. The pages: it is the same on every host,
 * and leads to PostgreSQL itself, never through a pooler.
 */
function replicationDsnAnswer(files: readonly HostFiles[]): Answer {
  const usedOf = ({ replicationDsn, dsn }: HostFiles): Dsn | null => replicationDsn ?? dsn
  const own = files.filter(({ replicationDsn }) => replicationDsn !== null)
  const groups = grouped(files, (each) => usedOf(each)?.hash ?? null)
  if (groups.missing.length > 0) {
    return {
      state: 'warning',
      answer: `There is neither it nor another DSN on ${groups.missing.join(', ')}: kindling falls back to a database on the host itself.`,
      next: 'Write the same /etc/kindling/postgres.dsn on every host.',
    }
  }
  const fallsBack = files.filter(({ replicationDsn }) => replicationDsn === null).map(({ host }) => host)
  const words = own.length === 0 ? 'There is none: the DSN of postgres.dsn counts.' : sameWords(files)
  if (groups.same.length > 1) {
    const without = own.length === 0 ? '' : fallsBackWords(fallsBack)
    return {
      state: 'bad',
      answer: `They differ: ${groups.same.map((hosts) => hosts.join(', ')).join(' against ')}.${without}`,
      next:
        own.length === 0
          ? 'Write the same /etc/kindling/postgres.dsn on every host, then restart its units.'
          : 'Write the same /etc/kindling/postgres.replication.dsn on every host, then restart its units.',
    }
  }
  if (files.length > 1 && files.some((each) => usedOf(each)?.isLoopback === true)) {
    return {
      state: 'bad',
      answer: `${words} It names the host itself: each host means another database.`,
      next: 'Name the private shared address of PostgreSQL in it.',
    }
  }
  if (files.some((each) => usedOf(each)?.isPooled === true)) {
    return {
      state: 'warning',
      // Inferred from the number alone: a PostgreSQL may listen there, too.
      answer: `${words} It names port 6432, which is PgBouncer’s: nothing replicates through one.`,
      next: 'Write the address of PostgreSQL itself into /etc/kindling/postgres.replication.dsn on every host.',
    }
  }
  return { state: 'ok', answer: words, evidence: 'sha256sum on the hosts' }
}

function fallsBackWords(hosts: readonly string[]): string {
  return hosts.length === 0
    ? ''
    : ` There is none on ${hosts.join(', ')}: the DSN of postgres.dsn counts there.`
}

function masterKeyAnswer(files: readonly HostFiles[]): Answer {
  const groups = grouped(files, ({ masterKey }) => masterKey?.hash ?? null)
  if (groups.missing.length > 0) {
    return {
      state: 'warning',
      answer: `There is none that can be read on ${groups.missing.join(', ')}; a process that finds none makes another one.`,
      next: 'Copy the master key of the other hosts there, and keep a copy elsewhere: no backup holds it.',
    }
  }
  const wrong = files.filter(({ masterKey }) => masterKey?.sizeBytes !== 32)
  if (wrong.length > 0) {
    return {
      state: 'bad',
      answer: `It does not have 32 bytes on ${wrong.map(({ host }) => host).join(', ')}.`,
      next: 'Copy the right one there, byte for byte.',
    }
  }
  if (groups.same.length > 1) {
    return {
      state: 'bad',
      answer: `They differ: ${groups.same.map((hosts) => hosts.join(', ')).join(' against ')}. One of them cannot read the secrets of the database.`,
      next: 'Find the one with which kindling starts, and copy it to the others.',
    }
  }
  return {
    state: 'ok',
    answer: `${sameWords(files)} No backup of PostgreSQL holds it.`,
    evidence: '32 bytes; sha256sum on the hosts',
  }
}

function serverIdAnswer(files: readonly HostFiles[]): Answer {
  const groups = grouped(files, ({ serverId }) => serverId)
  const twice = groups.same.filter((hosts) => hosts.length > 1)
  const evidence = files.map(({ host, serverId }) => `${host}: ${printable(serverId ?? 'none')}`).join(', ')
  if (twice.length > 0) {
    return {
      state: 'bad',
      answer: `The same one stands on ${twice.map((hosts) => hosts.join(' and ')).join('; ')}.`,
      evidence,
      next: 'Remove ~/.kindling/server-id on the copy and restart its units.',
    }
  }
  return groups.missing.length > 0
    ? { state: 'warning', answer: `There is none on ${groups.missing.join(', ')}.`, evidence }
    : { state: 'ok', answer: files.length === 1 ? 'It has one.' : 'Each host has its own.', evidence }
}

function sameWords(files: readonly HostFiles[]): string {
  return files.length === 1 ? 'It is there.' : `It is the same on all ${files.length} hosts that answer.`
}

function grouped(
  files: readonly HostFiles[],
  value: (one: HostFiles) => string | null,
): { readonly same: readonly (readonly string[])[]; readonly missing: readonly string[] } {
  const groups = new Map<string, string[]>()
  const missing: string[] = []
  for (const one of files) {
    const found = value(one)
    if (found === null) missing.push(one.host)
    else groups.set(found, [...(groups.get(found) ?? []), one.host])
  }
  return { same: [...groups.values()], missing }
}
