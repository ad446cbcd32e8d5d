import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { byteReader } from '../../../engine/archive/byte-reader.ts'
import { defineAlive } from '../../../engine/runbook/alive.ts'
import { hostFailed, type MasterHost } from './on-host.ts'
import type { RunningMaster } from './running-master.ts'

/**
 * Stops the master, keeps it stopped until its input ends, waits for the end of the process, and starts it. All of it is one program in
 * a session of its own, which ignores what ends a session before it stops anything: so the master is started too where the
 * connection, this console or the program before it dies, from the first moment on. Ends with 3 where the process never ended.
 */
const stopAndStart = `home=$1 pid=$2
shift 2
${defineAlive}trap '' HUP INT TERM
(
trap - HUP INT TERM
"$home/bin/stop-master.sh" </dev/null >&2
left=120
while alive "$pid"; do
if [ "$left" -le 0 ]; then echo running; exit 0; fi
left=$((left-1))
sleep 1
done
echo stopped
cat >/dev/null
)
exec >/dev/null
left=300
while alive "$pid"; do
[ "$left" -gt 0 ] || exit 3
left=$((left-1))
sleep 1
done
trap - HUP INT TERM
"$home/bin/start-master.sh" "$@" </dev/null >/dev/null 2>&1
`

/**
 * What the master was started with in its environment, its key above all, is taken from the process itself: it is exported by
 * the shell, so it is in no argument and in no file, and never leaves the host. Without it nothing is stopped, because nothing could
 * be started. A command that is put into the background leads no group of processes, so setsid becomes it and no child of it; its
 * input would be none.
 */
const stopAndHold = `program=$1 home=$2 pid=$3
shift 3
unset CHANGO_MASTER_KEY CHANGO_MASTER_KEY_PREVIOUS
for name in CHANGO_MASTER_KEY CHANGO_MASTER_KEY_PREVIOUS JAVA_HOME; do
value=$(tr '\\n\\000' '\\001\\n' <"/proc/$pid/environ" | sed -n "s/^$name=//p")
case $value in *"$(printf '\\001')"*) value=;; esac
[ -z "$value" ] || export "$name=$value"
done
value=
if [ -z "$CHANGO_MASTER_KEY" ]; then echo nokey; exit 4; fi
exec 6<&0
setsid /bin/sh -c "$program" sh "$home" "$pid" "$@" <&6 6<&- &
exec 6<&- </dev/null >/dev/null
wait "$!"
`

export interface StoppedMaster {
  /** Lets the master be started, and waits for it. Never throws; a sentence where it was not, as far as is known. */
  startAgain(): Promise<string | null>
}

/** An upload of any size has ended by then. */
const longestHoldMs = 24 * 60 * 60_000

/**
 * Stops a master. It is started again by its host when `startAgain` is called, and also when nobody is there any more to call it.
 * The command has no signal: a cancellation must not end what starts the master.
 */
export async function holdStopped(
  host: MasterHost,
  home: string,
  { pid, startArguments }: RunningMaster,
): Promise<StoppedMaster> {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const running = await host.start({
    argv: ['/bin/sh', '-c', stopAndHold, 'sh', stopAndStart, home, pid, ...startArguments],
    stdin: until(released),
    deadlineMs: longestHoldMs,
  })
  running.ended.catch(() => undefined)
  // Leaving a loop over its output would end the command.
  const output = byteReader(running.stdout)
  const ended = async (): Promise<string | null> => {
    release()
    try {
      while ((await output.some(1024)) !== null);
      const { code, stderr } = await running.ended
      if (code === 0) return null
      const said = hostFailed(startWords(code), { stderr }, { unchanged: '', next: '' })
      return said.text.why === undefined ? said.text.what : `${said.text.what} ${said.text.why}`
    } catch (error) {
      if (!isHoldfastError(error)) throw error
      return `${error.text.what} The host starts it by itself when it sees that.`
    }
  }
  const word = await firstWord(output).catch((error: unknown) => {
    release()
    throw isHoldfastError(error) ? lostMeanwhile(error, host.name) : error
  })
  if (word === 'stopped') return { startAgain: ended }
  const problem = await ended()
  throw notStopped(word, host.name, problem)
}

async function* until(released: Promise<void>): AsyncGenerator<Uint8Array, void, undefined> {
  await released
  yield* []
}

async function firstWord(output: ReturnType<typeof byteReader>): Promise<string> {
  let word = ''
  while (!word.includes('\n') && word.length < 64) {
    const piece = await output.some(64)
    if (piece === null) break
    word += Buffer.from(piece).toString('latin1')
  }
  return word.trim()
}

function startWords(code: number | null): string {
  return code === 3
    ? 'It did not stop within the time that it had, and was left alone.'
    : `start-master.sh ended with ${code ?? 'a signal'}.`
}

function lostMeanwhile(error: HoldfastError, host: string): HoldfastError {
  return new HoldfastError(
    error.code,
    {
      what: error.text.what,
      why: `It was while the master on ${host} was being stopped.`,
      unchanged: 'No archive was made.',
      next: 'Look whether it runs: its host starts it again by itself once it has ended.',
    },
    { cause: error },
  )
}

function notStopped(word: string, host: string, problem: string | null): HoldfastError {
  if (word === 'nokey') {
    return new HoldfastError('host.commandFailed', {
      what: `The master on ${host} is not stopped: its environment has no CHANGO_MASTER_KEY that could be read.`,
      why: 'Without it, it could not be started again.',
      unchanged: 'Nothing was stopped, and nothing was written.',
      next: 'Check that the user that owns the stores is also the one that runs the master.',
    })
  }
  return new HoldfastError('host.commandFailed', {
    what: `The master on ${host} did not stop.`,
    ...(problem !== null && { why: problem }),
    unchanged: 'No archive was made.',
    next: 'Look at its log, and whether it runs: if it ends later, its host starts it again within 5 min.',
  })
}
