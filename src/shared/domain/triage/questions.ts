import type { SystemName } from '../system-name.ts'

/** What is asked on the way to the right runbook. */
export const questionIds = [
  'want',
  'network',
  'key',
  'tenantKms',
  'alive',
  'site',
  'disks',
  'database',
  'wrongRestore',
  'quorum',
  'ready',
  'nodeFault',
  'workers',
  'login',
  'data',
  'part',
  'bucket',
  'newest',
  'hosting',
] as const
export type QuestionId = (typeof questionIds)[number]

export interface Choice {
  readonly id: string
  readonly label: string
}

export interface Question {
  readonly question: string
  readonly choices: readonly [Choice, Choice, ...Choice[]]
}

/** How the question reads for one kind of cluster. */
export function questionOf(id: QuestionId, system: SystemName): Question {
  return own[system]?.[id] ?? common[id]
}

const yesNo: readonly [Choice, Choice] = [
  { id: 'no', label: 'No' },
  { id: 'yes', label: 'Yes' },
]

const common: Readonly<Record<QuestionId, Question>> = {
  want: {
    question: 'What is it about?',
    choices: [
      { id: 'incident', label: 'Something is wrong' },
      { id: 'rehearsal', label: 'A rehearsal: nothing is wrong' },
    ],
  },
  network: {
    question: 'Does this computer reach anything else?',
    choices: [
      { id: 'fine', label: 'Yes' },
      { id: 'ours', label: 'No: other hosts and names fail, too' },
    ],
  },
  key: {
    question: 'Is the master key here?',
    choices: [
      { id: 'opens', label: 'Yes, and it opens the newest backup' },
      { id: 'notProved', label: 'Yes, but nothing proves that it fits' },
      { id: 'lost', label: 'No, or it opens no backup' },
    ],
  },
  tenantKms: {
    question: 'Is a tenant’s own key service lost?',
    choices: yesNo,
  },
  alive: {
    question: 'Which masters answer?',
    choices: [
      { id: 'all', label: 'All of them' },
      { id: 'some', label: 'Some of them' },
      { id: 'none', label: 'None of them' },
    ],
  },
  site: {
    question: 'Is the whole site gone?',
    choices: [
      { id: 'no', label: 'No: its hosts can be logged in to, or will be' },
      { id: 'copy', label: 'Yes, and a copy of the cluster lives elsewhere' },
      { id: 'noCopy', label: 'Yes, and no copy lives elsewhere' },
    ],
  },
  disks: {
    question: 'How many masters have lost their data?',
    choices: [
      { id: 'none', label: 'None: all data folders are there' },
      { id: 'one', label: 'One' },
      { id: 'several', label: 'Several, not all' },
      { id: 'all', label: 'All of them' },
      { id: 'notKnown', label: 'Nobody has looked yet' },
    ],
  },
  database: {
    question: 'What has become of the database?',
    choices: [
      { id: 'serves', label: 'It serves' },
      { id: 'notServing', label: 'It is there, but refuses, starts or only reads' },
      { id: 'standby', label: 'The primary is lost, a standby lives' },
      { id: 'lost', label: 'It is lost, with every standby here' },
      { id: 'notKnown', label: 'Nobody has looked yet' },
    ],
  },
  wrongRestore: {
    question: 'Was a wrong backup restored in the last 7 days?',
    choices: yesNo,
  },
  quorum: {
    question: 'Do enough nodes remain to agree?',
    choices: [
      { id: 'holds', label: 'Yes: more than half answer' },
      { id: 'lost', label: 'No: half of them or fewer answer' },
    ],
  },
  ready: {
    question: 'Does it lead, and is it ready?',
    choices: [
      { id: 'ready', label: 'Yes' },
      { id: 'notReady', label: 'No: not ready, no leader, or coming and going' },
    ],
  },
  nodeFault: {
    question: 'What is wrong with the node?',
    choices: [
      { id: 'down', label: 'It is down and was not started yet' },
      { id: 'halted', label: 'It has stopped applying metadata' },
      { id: 'willNotStart', label: 'It does not start, or ends again' },
    ],
  },
  workers: {
    question: 'Are workers lost?',
    choices: [
      { id: 'none', label: 'No' },
      { id: 'one', label: 'One' },
      { id: 'several', label: 'Several' },
    ],
  },
  login: {
    question: 'Does the administrator’s login still work?',
    choices: [
      { id: 'works', label: 'Yes' },
      { id: 'lost', label: 'No: it is refused' },
    ],
  },
  data: {
    question: 'Is what it serves right?',
    choices: [
      { id: 'right', label: 'Yes' },
      { id: 'wrong', label: 'No: it is up, and its data are wrong' },
    ],
  },
  part: {
    question: 'Is a part of it behind or lost?',
    choices: yesNo,
  },
  bucket: {
    question: 'Can the backups be reached?',
    choices: [
      { id: 'reachable', label: 'Yes: listed and read from here' },
      { id: 'notReachable', label: 'No, or the cluster cannot reach them' },
    ],
  },
  newest: {
    question: 'Is the newest backup good?',
    choices: [
      { id: 'good', label: 'Yes, it is proved' },
      { id: 'notProved', label: 'It is not proved yet' },
      { id: 'damaged', label: 'No, it is damaged' },
      { id: 'none', label: 'There is no backup' },
    ],
  },
  hosting: {
    question: 'Are a chango and the kiok that it runs lost together?',
    choices: yesNo,
  },
}

const zooKeeper: Question = {
  question: 'Does ZooKeeper have its quorum?',
  choices: [
    { id: 'holds', label: 'Yes: more than half of its members answer on 2181' },
    { id: 'lost', label: 'No: half of them or fewer answer' },
  ],
}

const own: Readonly<Partial<Record<SystemName, Readonly<Partial<Record<QuestionId, Question>>>>>> = {
  kiok: { quorum: zooKeeper },
  chango: { quorum: zooKeeper },
  armada: {
    login: {
      question: 'Does the maintenance token still work?',
      choices: [
        { id: 'works', label: 'Yes' },
        { id: 'lost', label: 'No: it is refused, or its CA is gone' },
      ],
    },
    data: {
      question: 'Is what it serves right?',
      choices: [
        { id: 'right', label: 'Yes' },
        { id: 'wrong', label: 'No: the tables are wrong' },
        { id: 'wrongPart', label: 'No: one table alone is wrong' },
      ],
    },
    part: { question: 'Are followers behind their leader?', choices: yesNo },
  },
  kindling: {
    key: {
      question: 'Is the platform’s master key at hand?',
      choices: [
        { id: 'opens', label: 'Yes, and it opens a stored secret' },
        { id: 'notProved', label: 'Yes, but nothing proves that it fits' },
        { id: 'lost', label: 'No, or it opens none' },
      ],
    },
    ready: {
      question: 'Are heartbeats fresh and changes followed?',
      choices: [
        { id: 'ready', label: 'Yes' },
        { id: 'notReady', label: 'No: stale, or the WAL listener has failed' },
      ],
    },
    login: {
      question: 'Does an administrator’s API key still work?',
      choices: [
        { id: 'works', label: 'Yes' },
        { id: 'lost', label: 'No: it is refused' },
      ],
    },
    part: { question: 'Is a volume lost or wrong?', choices: yesNo },
  },
}
