import { exactWords } from '../../shared/domain/time-words.ts'
import { Hash } from './hash.tsx'
import { Printable } from './printable.tsx'

// A time within an id or a path is a part of its name.
const exact = /(\b[0-9a-f]{64}\b|(?<![\w/-])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?![\w/-]))/

/** A sentence about things of a repository: names are shown as text, a hash by its first digits, a time in words. */
export function Sentence({ text }: { readonly text: string }) {
  return text.split(exact).map((part, at) => {
    // Every second part is what the pattern caught.
    if (at % 2 === 0) return part !== '' && <Printable key={at} text={part} />
    if (!part.endsWith('Z')) return <Hash key={at} value={part} />
    return (
      <time key={at} dateTime={part} title={part}>
        {Number.isNaN(Date.parse(part)) ? part : exactWords(part)}
      </time>
    )
  })
}

/** Several of them, a line each. */
export function Sentences({ of }: { readonly of: readonly string[] }) {
  return (
    <ul>
      {of.map((text) => (
        <li key={text}>
          <Sentence text={text} />
        </li>
      ))}
    </ul>
  )
}
