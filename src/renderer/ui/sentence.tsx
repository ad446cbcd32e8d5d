import { Hash } from './hash.tsx'
import { Printable } from './printable.tsx'

const sha256 = /\b([0-9a-f]{64})\b/

/** A sentence about things of a repository: names are shown as text, a hash by its first digits. */
export function Sentence({ text }: { readonly text: string }) {
  return text.split(sha256).map((part, at) =>
    // Every second part is what the pattern caught.
    at % 2 === 1 ? <Hash key={at} value={part} /> : part !== '' && <Printable key={at} text={part} />,
  )
}
