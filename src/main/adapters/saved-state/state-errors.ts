import { HoldfastError } from '../../../shared/domain/error.ts'
import { systemCode } from '../files/private-files.ts'

const leftAlone = 'The file was left as it is.'

export function brokenFile(file: string, why: string): HoldfastError {
  return new HoldfastError('state.broken', {
    what: `${file} cannot be understood.`,
    why,
    unchanged: leftAlone,
    next: 'Mend it, or move it away to start without it, then start again.',
  })
}

export function newerFile(file: string, why: string): HoldfastError {
  return new HoldfastError('state.broken', {
    what: `${file} was written by a newer version of Holdfast.`,
    why,
    unchanged: leftAlone,
    next: 'Use that version, or move the file away to start without it, then start again.',
  })
}

export function unreadableFile(file: string, error: unknown): HoldfastError {
  return new HoldfastError(
    'state.broken',
    {
      what: `${file} cannot be read.`,
      why: reasonOf(error),
      unchanged: leftAlone,
      next: 'Mend that, or move it away to start without it, then start again.',
    },
    { cause: error },
  )
}

export function changedMeanwhile(file: string): HoldfastError {
  return new HoldfastError('state.busy', {
    what: `${file} was changed by something else while Holdfast was running.`,
    unchanged: 'That change was left as it is, and nothing was written.',
    next: 'Start Holdfast again: it then reads the file as it is now.',
  })
}

export function notWritten(file: string, error: unknown): HoldfastError {
  return new HoldfastError(
    'state.busy',
    {
      what: `${file} could not be written.`,
      why: reasonOf(error),
      unchanged: 'What it held before is still there.',
      next: 'Mend that, and try again.',
    },
    { cause: error },
  )
}

export function readOnlyState(folder: string, why: string): HoldfastError {
  return new HoldfastError('state.readOnly', {
    what: `What is saved in ${folder} cannot be changed here.`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Use the instance that holds it, or end that one and start this one again.',
  })
}

export function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'ELOOP':
      return 'It is a link. Links are not followed here.'
    case 'EACCES':
    case 'EPERM':
      return 'This account is not allowed to.'
    case 'EROFS':
      return 'The file system is mounted read-only.'
    case 'ENOSPC':
      return 'The file system is full.'
    case 'EDQUOT':
      return 'The disk quota is used up.'
    case 'EISDIR':
    case 'ENOTDIR':
      return 'There is a folder where a file should be, or a file where a folder should be.'
    case null:
      return error instanceof Error && error.message === 'it is not a file'
        ? 'It is not a plain file.'
        : 'The reason is not known.'
    default:
      return `The system says ${String(systemCode(error))}.`
  }
}
