import { levels, levelWords, type Level } from '../../shared/domain/level.ts'
import { useHint } from './hint.tsx'
import s from './ladder.module.css'

export const levelMeanings: Readonly<Record<Level, string>> = {
  listed: 'the manifest names it',
  present: 'it exists with the recorded size',
  intact: 'its bytes match a recorded hash',
  decrypts: 'it opens to the end with the key',
  matches: 'the plain bytes match the manifest',
  wellFormed: 'the format holds',
  restored: 'a drill wrote it and read it back',
}

interface LadderProps {
  /** Null: nothing was ever read. */
  readonly reached: Level | null
  readonly failedAt?: Level | null | undefined
  readonly notProvable?: readonly Level[]
  /** The proof is older than the re-verify age. */
  readonly old?: boolean
  readonly word?: boolean
}

/** Seven rising rungs: filled = reached, red below the line = failed, dash = cannot be proved, outline = not tried. */
export function Ladder({ reached, failedAt, notProvable = [], old = false, word = true }: LadderProps) {
  const at = reached === null ? -1 : levels.indexOf(reached)
  const text = ladderText(reached, failedAt)
  const { target, hint } = useHint(meaning({ reached, failedAt, notProvable }), { w: 240 })
  return (
    <>
      <span {...target} className={s['ladder']} data-old={old || undefined}>
        <span className={s['rungs']} aria-hidden="true">
          {levels.map((level, place) => (
            <i key={level} data-s={rung(level, place <= at, failedAt, notProvable)} />
          ))}
        </span>
        <span className={word ? s['ladderWord'] : 'vh'} data-tone={failedAt ? 'bad' : undefined}>
          {text}
          {old && <span className="vh">, older than the re-verify age</span>}
        </span>
      </span>
      {hint}
    </>
  )
}

export function ladderText(reached: Level | null, failedAt: Level | null | undefined): string {
  if (failedAt) return `${levelWords[failedAt]}: failed`
  return reached === null ? 'Never read' : levelWords[reached]
}

function rung(
  level: Level,
  isReached: boolean,
  failedAt: Level | null | undefined,
  notProvable: readonly Level[],
): 'bad' | 'np' | 'on' | 'off' {
  if (level === failedAt) return 'bad'
  if (notProvable.includes(level)) return 'np'
  return isReached ? 'on' : 'off'
}

function meaning({ reached, failedAt, notProvable = [] }: LadderProps): string {
  const first = failedAt
    ? `Failed at “${levelWords[failedAt]}”: not so that ${levelMeanings[failedAt]}.`
    : reached === null
      ? 'Nothing has been read yet.'
      : `${levelWords[reached]}: ${levelMeanings[reached]}.`
  if (notProvable.length === 0) return first
  return `${first} This format cannot prove: ${notProvable.map((level) => levelWords[level].toLowerCase()).join(', ')}.`
}
