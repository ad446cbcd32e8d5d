import { commandLine } from './command-line.ts'
import type { FolderFacts } from './place-facts.ts'
import {
  cannotBeTold,
  doesNotApply,
  sealingWords,
  type FoundBackups,
  type PostureCheck,
} from './posture-check.ts'

/** A folder on this machine or on a server: it has a mode and a disk, and none of the settings of a bucket. */
export function folderChecks(place: FolderFacts, backups: FoundBackups | null): readonly PostureCheck[] {
  return [
    accounts(place),
    place.where === 'sftp'
      ? { id: 'transport', state: 'good', sentence: 'It is reached over SSH.', evidence: [] }
      : doesNotApply('transport', 'Nothing leaves this machine, as far as the folder is a disk of it.'),
    doesNotApply(
      'versioning',
      'A folder keeps no old versions: what is overwritten or deleted there is gone. Snapshots of its file system are not seen from here.',
    ),
    doesNotApply('objectLock', 'A folder has no lock: whoever may write there may delete.'),
    doesNotApply('lockDates', 'A folder has no lock.'),
    deletion(place),
    encryption(backups),
    doesNotApply(
      'lifecycle',
      'A folder has no rules of its own. What cleans up there is not seen from here.',
    ),
    doesNotApply('storageClass', 'A folder has no storage classes.'),
    doesNotApply('uploads', 'A folder has no uploads in parts.'),
    sameDisk(place),
  ]
}

const writableByAll = 0o002
const writableByGroup = 0o020
const readableByOthers = 0o005

function accounts({ mode, path, owner, looseParts }: FolderFacts): PostureCheck {
  if (!mode.told) return cannotBeTold('publicAccess', `Who else may use ${path} is not told.`, [mode.why])
  const evidence = [
    `${path}: mode ${octal(mode.value)}${owner === null ? '' : `, owner ${owner}`}`,
    ...looseParts.slice(0, 10).map((part) => `${part.name}: mode ${octal(part.mode)}`),
  ]
  const isWide = ({ mode: bits }: { readonly mode: number }): boolean => (bits & writableByAll) !== 0
  if (isWide({ mode: mode.value }) || looseParts.some(isWide)) {
    return {
      id: 'publicAccess',
      state: 'bad',
      sentence: 'Every account of the machine may write here, and so change or delete backups.',
      evidence,
      next: `Take the right from the others: ${commandLine(['chmod', '-R', 'o-w', path])}`,
    }
  }
  if ((mode.value & writableByGroup) !== 0 || looseParts.length > 0) {
    return {
      id: 'publicAccess',
      state: 'warning',
      sentence: 'A whole group of accounts may write here.',
      evidence,
      next: `If nobody in it needs it: ${commandLine(['chmod', '-R', 'g-w', path])}`,
    }
  }
  if ((mode.value & readableByOthers) !== 0) {
    return {
      id: 'publicAccess',
      state: 'warning',
      sentence: 'Only the owner may write here, but every account of the machine may look into the folder.',
      evidence,
      next: `If nobody else needs it: ${commandLine(['chmod', 'o-rwx', path])}`,
    }
  }
  return {
    id: 'publicAccess',
    state: 'good',
    sentence: 'Only the owner may write into the folder, and accounts outside its group may not enter it.',
    evidence,
  }
}

function deletion({ mayWrite }: FolderFacts): PostureCheck {
  if (!mayWrite.told) {
    return cannotBeTold('deletion', 'Whether this login may delete here is not told without trying.', [
      mayWrite.why,
    ])
  }
  return mayWrite.value
    ? {
        id: 'deletion',
        state: 'warning',
        sentence: 'The account that reads the backups may also delete them.',
        evidence: [],
        next: 'Read them as an account that may not write there.',
      }
    : {
        id: 'deletion',
        state: 'good',
        sentence: 'This account may not write into the folder.',
        evidence: [],
      }
}

function encryption(backups: FoundBackups | null): PostureCheck {
  const words = backups === null ? null : sealingWords(backups)
  const evidence = words === null ? [] : [words]
  if (backups?.sealing?.plain === 0) {
    return {
      id: 'encryption',
      state: 'good',
      sentence: 'What was looked at of the newest backup is sealed: it needs no encryption of the disk.',
      evidence,
    }
  }
  return cannotBeTold(
    'encryption',
    backups?.sealing
      ? 'The newest backup is not sealed, and whether the disk is encrypted cannot be seen from here.'
      : 'Whether the backups are sealed was not seen, nor whether the disk is encrypted.',
    evidence,
  )
}

function sameDisk({ isOnRootDisk, path }: FolderFacts): PostureCheck {
  if (!isOnRootDisk.told) return cannotBeTold('sameDisk', isOnRootDisk.why)
  if (!isOnRootDisk.value) {
    return cannotBeTold(
      'sameDisk',
      'It lies on another file system than this machine runs from. Whether that is another disk is not seen from here.',
      [path],
    )
  }
  return {
    id: 'sameDisk',
    state: 'warning',
    sentence: 'It lies on the file system that this machine runs from: they are lost together.',
    evidence: [path],
    next: 'Keep a copy on another disk, or elsewhere.',
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
