import type { Known, Option } from '../../../ports/runbook.ts'

/** Beside the root of the cluster, so that nothing of the old one is touched. */
export const otherRoot = '/kiok-dr'

/** What the steps of the login know of it, by name. */
export const wayName = 'deadlock.way'
export const stateName = 'login.state'

/** Whether the fresh masters run on the other root, and have to be brought back. */
export function isOnOtherRoot(known: Known): boolean {
  return known.get(wayName) === 'otherRoot'
}

export const byReset: Option = {
  id: 'reset',
  label: 'Reset the administrator’s password on the host',
  says: [
    'bin/kiok-cli.sh iam:reset-password, documented for a user that exists.',
    'It is likely refused: there is no user. Nothing is changed then.',
  ],
  notPossible: null,
  advised: false,
  learnt: { [wayName]: 'reset' },
}

export const byOtherRoot: Option = {
  id: 'other-root',
  label: `Restore under another root in ZooKeeper (${otherRoot}), then go back`,
  says: [
    'Master and worker are stopped, the empty stores are moved aside, and both start as a new cluster, which makes its first administrator.',
    'After the restore both are stopped and started on the old root; the store is not empty any more.',
    'Not documented: try it in a rehearsal first.',
  ],
  notPossible: null,
  advised: false,
  learnt: { [wayName]: 'otherRoot' },
}

export const byVendor: Option = {
  id: 'vendor',
  label: 'Stop here and ask the vendor',
  says: ['Nothing more is done. The start and the moved stores can be taken back.'],
  notPossible: null,
  advised: false,
  learnt: { [wayName]: 'vendor' },
}

export const onlyIn = (way: string) => (known: Known) =>
  known.get(wayName) === way ? null : 'The login is not deadlocked, or another way out was chosen.'
