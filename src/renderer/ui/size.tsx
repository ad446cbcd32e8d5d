import { bytesWords, countOf } from '../../shared/domain/size-words.ts'

/** A size for people, exact on hover. */
export function Size({ bytes }: { readonly bytes: number | null }) {
  if (bytes === null) return <span>not known</span>
  return <span title={countOf(bytes, 'byte')}>{bytesWords(bytes)}</span>
}
