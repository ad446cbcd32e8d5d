import type { SystemName } from '../../../shared/domain/system-name.ts'

/** Where a system's master key is found, and what remains without it. */
export interface KeyPlaces {
  /** In the environment of its processes; null: in none. */
  readonly variable: string | null
  /** On its hosts. */
  readonly files: readonly string[]
  /** Who has it, for people. */
  readonly holders: string
  /** How it goes from a host into the vault of this console, without being shown; `KEY` is what it is called there. */
  readonly intoVault: string
  /** Where else it, or the one before it, may be; a line each. */
  readonly also: readonly string[]
  /** Else one whose newest backup opens proves nothing of the key. */
  readonly backupProvesIt: boolean
  readonly without: readonly string[]
}

const fromProcess = (variable: string): string =>
  `ssh root@HOST 'tr "\\0" "\\n" </proc/PID/environ | sed -n "s/^${variable}=//p"' | holdfast credentials add KEY --kind master-key`

const rebuild = [
  'While a master lives: export what its API and its window give, the newest first, before anything restarts.',
  'Then build the cluster anew and empty, with a new key that is kept in two places, and enter the secrets again.',
]

/** Null: its backups and its start need no key. */
export const keyPlaces: Readonly<Record<SystemName, KeyPlaces | null>> = {
  kiok: {
    variable: 'KIOK_MASTER_KEY',
    files: [],
    holders: 'every master and every worker that still runs',
    intoVault: fromProcess('KIOK_MASTER_KEY'),
    // Documented (chango's newer pages, 2026): the leader unseals it with chango's own key.
    also: [
      'Where chango runs it: chango-cli.sh master-key show --cluster ID on chango’s leader prints it (newer versions, with chango’s own key). Send it through the same pipe, never to a screen.',
    ],
    backupProvesIt: true,
    // Documented: without it kiok's backups cannot be read.
    without: ['The backups of kiok cannot be read by anybody, for good. Keep them all the same.', ...rebuild],
  },
  chango: {
    variable: 'CHANGO_MASTER_KEY',
    // Documented (installation/automated): left on the master's host after the first installation.
    files: ['/opt/chango/.master-key-bootstrap'],
    holders: 'every master and every node manager that still runs',
    intoVault: fromProcess('CHANGO_MASTER_KEY'),
    // Documented (newer pages, 2026).
    also: [
      'Where the key was changed, backups of before open with the older one: newer versions have it as CHANGO_MASTER_KEY_PREVIOUS in the environment of the same process.',
    ],
    backupProvesIt: false,
    without: [
      'The stores in the backups of chango cannot be opened by anybody, for good. Keep them all the same.',
      ...rebuild,
    ],
  },
  kindling: {
    variable: null,
    // Source (masterkey.go): 32 bytes, in this place before the one in the home of the service's user.
    files: ['/etc/kindling/master.key'],
    holders: 'every host of the platform, in /etc/kindling/master.key',
    // Not text, so it is kept as base64.
    intoVault:
      "ssh root@HOST 'base64 </etc/kindling/master.key' | holdfast credentials add KEY --kind password",
    also: [],
    backupProvesIt: false,
    without: [
      'The rows of the database come back; its secrets do not, and a start ends at “decrypt cluster secret”.',
      'Enter every secret of the platform again under a new key, and give the same file to every host.',
    ],
  },
  kiseki: null,
  armada: null,
}
