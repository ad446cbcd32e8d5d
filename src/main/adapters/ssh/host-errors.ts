import { HoldfastError } from '../../../shared/domain/error.ts'

/** The host as it was typed, and the program. */
export interface Where {
  readonly host: string
  readonly program: string
}

export function connectionLost({ host, program }: Where, why = 'The connection broke.'): HoldfastError {
  return new HoldfastError('host.lost', {
    what: `The connection to ${host} was lost while ${program} ran there.`,
    why,
    unchanged: 'It is not known how far it came. It is ended as soon as the host notices.',
    next: `Look on ${host} for what it did before it is run again.`,
  })
}

export function notConnected({ host, program }: Where): HoldfastError {
  return new HoldfastError('host.lost', {
    what: `${program} was not run on ${host}: the connection is closed.`,
    unchanged: 'Nothing was run.',
    next: 'Connect again.',
  })
}

export function timedOut({ host, program }: Where, deadlineMs: number): HoldfastError {
  return new HoldfastError('host.timedOut', {
    what: `${program} on ${host} did not end within ${deadlineMs / 1000} s.`,
    unchanged: 'It was told to end.',
    next: `Look on ${host} for what it did before it is run again.`,
  })
}

/** The connection lives, and the host does not say whether it runs the command. */
export function notAnswered({ host, program }: Where, deadlineMs: number): HoldfastError {
  return new HoldfastError('host.timedOut', {
    what: `${host} did not say within ${deadlineMs / 1000} s that it runs ${program}.`,
    why: 'It hangs after the login: its disk, its home folders or its load.',
    unchanged: 'It is not known whether it was begun. It gets nothing to work on.',
    next: `Look on ${host} for what it did before it is run again.`,
  })
}

export function tooMuchOutput({ host, program }: Where): HoldfastError {
  return new HoldfastError('host.badAnswer', {
    what: `${program} on ${host} answered with more than 16 MiB.`,
    unchanged: 'It was told to end, and nothing of its answer was used.',
    next: `Run it on ${host} by hand and look at what it says.`,
  })
}

/** The login shell, or whatever stands in its place, ran something else. */
export function notStarted({ host, program }: Where, said: string): HoldfastError {
  return new HoldfastError('host.badAnswer', {
    what: `${program} was not run on ${host}.`,
    why: said === '' ? 'Its login shell ended without a word.' : `The host said: ${said}`,
    unchanged: 'Nothing was run.',
    next: 'Check that the user may log in there and run /bin/sh.',
  })
}

export function noChannel({ host, program }: Where, cause: unknown): HoldfastError {
  return new HoldfastError(
    'host.badAnswer',
    {
      what: `${program} was not run on ${host}: the host refused to run anything.`,
      why: 'It allows fewer commands at the same time (MaxSessions), or no commands.',
      unchanged: 'Nothing was run.',
      next: `Check MaxSessions in the sshd_config of ${host}, and what its key may do (authorized_keys).`,
    },
    { cause },
  )
}

export type SudoProblem =
  | { readonly kind: 'noPassword' }
  | { readonly kind: 'wrongPassword' }
  | { readonly kind: 'notStarted'; readonly said: string }
  | { readonly kind: 'silent'; readonly said: string }

export function sudoFailure(
  { host, program }: Where,
  asUser: string | undefined,
  problem: SudoProblem,
): HoldfastError {
  return new HoldfastError('host.sudo', {
    what: `${program} was not run on ${host} as ${asUser ?? 'another user'}.`,
    ...sudoWords(problem),
    unchanged: 'Nothing was run.',
  })
}

function sudoWords(problem: SudoProblem): { readonly why: string; readonly next: string } {
  const rule = 'Check its rules there: sudo -l. The rule must allow /bin/sh, which starts the command.'
  switch (problem.kind) {
    case 'noPassword':
      return {
        why: 'sudo asks for a password, and none is known.',
        next: 'Save the sudo password of this host, or allow /bin/sh without one (NOPASSWD).',
      }
    case 'wrongPassword':
      return {
        why: 'sudo did not take the password, and asked again. It was sent once.',
        next: 'Check the saved sudo password.',
      }
    case 'notStarted':
      return {
        why: problem.said === '' ? 'sudo ended without a word.' : `sudo said: ${problem.said}`,
        next: rule,
      }
    case 'silent':
      return {
        why:
          problem.said === ''
            ? 'sudo did not start it in time.'
            : `sudo did not start it in time. It said: ${problem.said} Only its own password prompt is answered.`,
        next: rule,
      }
  }
}
