import type { SystemName } from '../system-name.ts'
import type { Situation } from './path.ts'

export interface Advice {
  /** Null: no runbook helps; the sentence says what does. */
  readonly scenario: string | null
  readonly sentence: string
}

type Row = Readonly<Record<SystemName, string | null>> & { readonly says: string }

const shared = (scenario: string): Readonly<Record<SystemName, string>> => ({
  kiok: scenario,
  chango: scenario,
  kiseki: scenario,
  armada: scenario,
  kindling: scenario,
})
const none = { kiok: null, chango: null, kiseki: null, armada: null, kindling: null }

const table: Readonly<Record<Situation, Row>> = {
  rehearsal: { ...shared('X-6'), says: 'Rehearse with the backups as they are; the cluster is not touched.' },
  ownNetwork: {
    ...none,
    says: 'It is this computer, not the cluster: put its network, VPN, name service or clock right, then answer again.',
  },
  keyLost: {
    ...shared('X-3'),
    kiseki: 'KS-6',
    armada: null,
    says: 'Restart nothing: a process that still runs may hold the last copy of the key.',
  },
  siteCopy: {
    ...none,
    kiseki: 'KS-4',
    armada: 'AR-6',
    kindling: 'KD-3',
    says: 'A copy lives elsewhere: go on with that one, and restore nothing.',
  },
  siteNoCopy: {
    kiok: 'KI-3',
    chango: 'CH-4',
    kiseki: 'KS-5',
    armada: 'AR-2',
    kindling: 'KD-1',
    says: 'Nothing of the site is left: build it anew from a backup.',
  },
  allLost: {
    kiok: 'KI-3',
    chango: 'CH-4',
    kiseki: 'KS-5',
    armada: 'AR-2',
    kindling: 'KD-1',
    says: 'No copy of the data lives: go back to a backup.',
  },
  notLookedAt: {
    ...none,
    says: 'Whether a copy of the data lives decides everything, and nobody has looked: log in to each host, look at its mounts and data folders, then answer again. Change nothing before.',
  },
  hosting: {
    ...none,
    chango: 'X-5',
    says: 'Keys first, then chango, then the kiok that it runs.',
  },
  noBackup: {
    ...none,
    says: 'There is no backup to go back to. While the cluster lives, take one; where it does not, keep every disk as it is and look for copies.',
  },
  bucket: { ...shared('X-1'), says: 'The backups have to be reachable before anything else.' },
  newestDamaged: {
    ...shared('X-2'),
    says: 'The newest backup is damaged: find the newest one whose every part is good, and keep the damaged objects.',
  },
  wrongRestore: {
    kiok: 'KI-5',
    chango: 'CH-6',
    kiseki: null,
    armada: 'AR-5',
    kindling: 'KD-5',
    says: 'Roll back to what stood there before the restore.',
  },
  quorumLost: {
    kiok: 'KI-2',
    chango: 'CH-3',
    kiseki: 'KS-3',
    armada: 'AR-1',
    kindling: 'KD-3',
    says: 'A copy lives, but cannot lead alone: bring back what it needs; nothing is restored.',
  },
  severalLost: {
    kiok: 'KI-1',
    chango: 'CH-1',
    kiseki: 'KS-2',
    armada: 'AR-1',
    kindling: 'KD-7',
    says: 'Enough of it lives: bring the lost ones back from there, one at a time; nothing is restored.',
  },
  oneLost: {
    kiok: 'KI-1',
    chango: 'CH-1',
    kiseki: 'KS-1',
    armada: 'AR-1',
    kindling: 'KD-7',
    says: 'The rest of it lives: bring the lost one back from there; nothing is restored.',
  },
  notReady: {
    kiok: 'KI-2',
    chango: 'CH-2',
    kiseki: null,
    armada: 'AR-1',
    kindling: 'KD-8',
    says: 'The data are there: find what it waits for; nothing is restored.',
  },
  halted: {
    ...none,
    kiseki: 'KS-7',
    says: 'Its metadata can be built anew on that node; nothing is restored.',
  },
  willNotStart: {
    ...none,
    kiseki: 'KS-8',
    says: 'Its log says why it does not start; its data folder is kept as it is.',
  },
  loginLost: {
    kiok: 'KI-6',
    chango: 'CH-7',
    kiseki: null,
    armada: 'X-4',
    kindling: 'KD-4',
    says: 'The cluster works: give it a new login; nothing is restored.',
  },
  dataWrong: {
    kiok: 'KI-4',
    chango: 'CH-5',
    kiseki: null,
    armada: 'AR-2',
    kindling: 'KD-2',
    says: 'What lives is wrong: keep a safety copy of it, then go back to before it was.',
  },
  partWrong: {
    ...none,
    armada: 'AR-3',
    says: 'Restore that one table; the others stay newer than it.',
  },
  partBehind: {
    ...none,
    armada: 'AR-4',
    kindling: 'KD-6',
    says: 'The rest of it is in order: put that part right alone.',
  },
  nothing: { ...none, says: 'By these answers nothing has to be recovered.' },
}

/** Where the table's sentence would not be true or not be enough. */
const own: Readonly<Partial<Record<`${SystemName} ${Situation}`, string>>> = {
  'kiok hosting':
    'Chango comes first: begin X-5 for the chango cluster, which brings this kiok back, too. kiok’s own start scripts are not used there.',
  'kiok siteCopy':
    'kiok keeps no copy at another site by itself. If what lives elsewhere is a master of this cluster, the site is not all of it: answer the question of the site with no.',
  'chango siteCopy':
    'chango keeps no copy at another site by itself. If what lives elsewhere is a master of this cluster, the site is not all of it: answer the question of the site with no.',
  'kiseki keyLost': 'Without the tenant’s key service its objects stay sealed; only its own copies help.',
  'kiseki dataWrong':
    'Nothing brings earlier data of kiseki back: its snapshots hold none. Copies that users made outside of it are all there is.',
  'kiseki allLost':
    'No data folder is left. Snapshots of kiseki hold no data: find out what can be read, and keep every disk.',
  'kiseki siteNoCopy':
    'Nothing of the site is left. Snapshots of kiseki hold no data: find out what can be read elsewhere.',
  'armada siteCopy':
    'A follower lives and cannot be promoted: read its tables, and restore them into a new leader cluster.',
  'kindling siteCopy': 'A standby lives elsewhere: promote it; nothing is restored.',
  'kindling siteNoCopy': 'Nothing of the site is left: restore the database, then each volume (KD-6).',
  'kindling quorumLost': 'A standby lives: promote it; nothing is restored.',
  'kindling notReady': 'The database is there: find what is stale or refuses; nothing is restored.',
}

/** The table: what to do in which situation. */
export function adviceFor(system: SystemName, situation: Situation): Advice {
  const row = table[situation]
  return { scenario: row[system], sentence: own[`${system} ${situation}`] ?? row.says }
}
