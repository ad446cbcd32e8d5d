import type { ErrorCode } from '../../../shared/domain/error.ts'
import { done, failed } from '../../engine/runbook/outcomes.ts'
import { check, choice, manual } from '../../engine/runbook/steps.ts'
import type {
  Known,
  Option,
  Outcome,
  Runbook,
  RunbookSetting,
  Step,
  StepContext,
} from '../../ports/runbook.ts'
import { tryVerbs, type VerbAnswer } from './bucket-verbs.ts'
import { giveToCluster } from './cluster-credentials.ts'
import { newBackup } from './new-backup.ts'

const ownAccess = 'console'
const clusterAccess = 'cluster'
const otherCopy = 'copy'

/** Credentials of this console and of the cluster are two things: either may be dead. */
export const unreachableBackups: Runbook = {
  id: 'X-1',
  system: null,
  title: 'Reach the backups again',
  when: 'The repository cannot be reached, or its credentials are refused.',
  costs: ['Nothing is lost by this runbook. Until it is over, nothing newer than the last backup is safe.'],
  inputs: [],
  steps,
}

function steps({ cluster: { system } }: RunbookSetting): readonly Step[] {
  const give = giveToCluster[system]
  return [
    check({
      id: 'classify',
      section: 'before',
      title: 'Find out what exactly is refused',
      why: 'A key that is unknown, a right that is missing and a clock that is wrong look the same from afar.',
      touches: 'Lists one object and reads its first bytes.',
      look: classify,
    }),
    choice({
      id: 'cluster-access',
      section: 'before',
      title: 'Say whether the cluster reaches its backups itself',
      why: 'It has credentials of its own; they may be dead while ours live, and the other way round.',
      options: clusterOptions,
    }),
    choice({
      id: 'other-copy',
      section: 'before',
      title: 'Say whether there is another copy of the backups',
      why: 'A replica, a folder or an SFTP server can be read, and restored from, meanwhile.',
      options: copyOptions,
    }),
    manual({
      id: 'use-copy',
      section: 'before',
      title: 'Add the copy here, and verify it',
      why: 'A copy is a copy only once it was read.',
      does: [
        'Add it as a cluster of its own with its own address (s3://, file:///, sftp://), mode read-only.',
        'Verify its newest backup.',
      ],
      notNeeded: (known) => (known.get(otherCopy) === 'yes' ? null : 'There is no other copy.'),
    }),
    manual({
      id: 'new-key',
      section: 'restore',
      title: 'Make a new key with the smallest rights',
      why: 'A key that was refused may have been taken back for a reason; a second one tells nothing of it.',
      touches: 'The storage’s own administration.',
      undo: 'The new key is taken back there.',
      does: [
        'Find out who has taken the old one back, and why, before another one is made.',
        'This console: list and read below the prefix, nothing else.',
        'The cluster: list, read and write below the prefix; delete only where it prunes by itself.',
        'Write neither of them into a ticket, a chat or this run.',
      ],
      notNeeded: keyIsFine,
    }),
    manual({
      id: 'mend-console',
      section: 'restore',
      title: 'Give this console its access back',
      why: 'Nothing can be proved while nothing can be read.',
      touches: 'The credential and the address of the repository in this installation.',
      twin: 'holdfast credentials add LABEL --kind s3 --access-key-id ID',
      does: [
        'Do what “Find out what exactly is refused” says under Next.',
        'A key that was refused: replace the credential (Settings, Credentials).',
        'An address, a region or a CA that has changed: change the repository.',
      ],
      notNeeded: (known) => (known.get(ownAccess) === 'ok' ? 'This console reads the repository.' : null),
      look: reads,
    }),
    manual({
      id: 'give-cluster',
      section: 'restore',
      title: 'Give the cluster its access back',
      why: 'Without it the cluster takes no backup, and says so only in its log.',
      touches: give.touches,
      undo: 'The old settings are put back from what was written down; old secrets are not.',
      twin: give.twin,
      does: give.does,
      damage: give.restarts ? 1 : 0,
      asks: { label: 'The settings as they were before, without secrets', learns: 'cluster.settingsBefore' },
      notNeeded: (known) =>
        known.get(clusterAccess) === 'works' ? 'The cluster reaches its backups.' : null,
    }),
    check({
      id: 'reads-again',
      section: 'accept',
      title: 'This console lists and reads the backups',
      why: 'What was mended is tried by every verb.',
      look: reads,
    }),
    newBackup({
      section: 'accept',
      does: ['Take a backup (Snapshot in this console), or wait for the cluster’s next one.'],
      notNeeded: () => null,
      whenBad: 'Go on with X-2: the newest backup is damaged.',
    }),
  ]
}

async function classify({ session, line }: StepContext): Promise<Outcome> {
  const answers = await tryVerbs(session)
  for (const { code, sentence } of answers) line(code === null ? 'info' : 'error', sentence)
  const refused = answers.find(({ code }) => code !== null)
  const evidence = evidenceOf(answers)
  if (refused === undefined) {
    return done('This console lists and reads the repository; what fails is on the cluster’s side.', {
      evidence,
      learnt: { [ownAccess]: 'ok' },
    })
  }
  return done(`${verbWords[refused.verb]}: ${refused.sentence}`, {
    evidence,
    learnt: { [ownAccess]: refused.code ?? 'internal' },
    ...(refused.next !== null && { next: refused.next }),
  })
}

async function reads({ session }: StepContext): Promise<Outcome> {
  const answers = await tryVerbs(session)
  const refused = answers.find(({ code }) => code !== null)
  const evidence = evidenceOf(answers)
  if (refused === undefined) return done('It may be listed and read.', { evidence })
  return failed(`${verbWords[refused.verb]}: ${refused.sentence}`, {
    evidence,
    ...(refused.next !== null && { next: refused.next }),
  })
}

const verbWords: Readonly<Record<VerbAnswer['verb'], string>> = {
  open: 'Before anything is asked',
  list: 'List',
  head: 'Ask for an object',
  read: 'Read an object',
}

function evidenceOf(answers: readonly VerbAnswer[]) {
  return answers.map(({ verb, code }) => ({ name: verb, value: code ?? 'works' }))
}

/** After these a new key mends nothing. */
const notOfKeys: ReadonlySet<string> = new Set<ErrorCode>([
  'repository.unreachable',
  'repository.tls',
  'repository.wrongRegion',
  'repository.clockSkew',
  'repository.notFound',
  'repository.badAnswer',
  'repository.badAddress',
  'object.unreadable',
  'vault.locked',
  'vault.unavailable',
])

function keyIsFine(known: Known): string | null {
  const ours = known.get(ownAccess) ?? ''
  if (known.get(clusterAccess) === 'refused') return null
  if (ours === 'ok') return 'No key is known to be refused.'
  return notOfKeys.has(ours) ? 'It is not the key that is refused.' : null
}

async function clusterOptions(): Promise<readonly Option[]> {
  return Promise.resolve([
    option(clusterAccess, 'works', 'Yes: a backup of its own has succeeded since'),
    option(clusterAccess, 'refused', 'No: its log says that it is refused'),
    { ...option(clusterAccess, 'notKnown', 'Nobody knows: give it new access, too'), advised: true },
  ])
}

async function copyOptions(): Promise<readonly Option[]> {
  return Promise.resolve([
    { ...option(otherCopy, 'no', 'There is none, or it is not needed now'), advised: true },
    option(otherCopy, 'yes', 'There is one: a replica, a folder, an SFTP server'),
  ])
}

function option(fact: string, id: string, label: string): Option {
  return { id, label, says: [], notPossible: null, advised: false, learnt: { [fact]: id } }
}
