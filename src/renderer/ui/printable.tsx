import { actingParts } from '../../shared/domain/printable.ts'
import s from './printable.module.css'

/**
 * Text that comes out of a repository: shown as text whatever it is, in a direction of its own, with characters that
 * would act instead of being read shown by their number.
 */
export function Printable({ text }: { readonly text: string }) {
  const parts = actingParts(text)
  if (parts.length === 1 && parts[0]?.acting === false) return <bdi>{text}</bdi>
  return (
    <bdi>
      {parts.map((part, at) =>
        part.acting ? (
          <span key={at} className={s['acting']} title="A character that acts instead of being read">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  )
}
