import { TextInput } from '@mantine/core'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { Search } from './icons.tsx'

interface Props {
  readonly label: string
  readonly placeholder: string
  /** As the address has them. */
  readonly words: string
  readonly onFind: (words: string | undefined) => void
  readonly field?: RefObject<HTMLInputElement | null>
  readonly className?: string | undefined
  /** Characters; the address keeps no more of a search than 1024. */
  readonly maxLength?: number
}

/** The address follows the typing a moment later, so that no letter waits for it, nor for the list to be drawn again. */
export function FindField({ label, placeholder, words, onFind, field, className, maxLength = 1024 }: Props) {
  const [text, setText] = useState(words)
  const [known, setKnown] = useState(words)
  // What is taken away from outside; what it has told itself comes back as well.
  if (words !== known) {
    setKnown(words)
    if (words === '') setText('')
  }
  const tell = useRef(onFind)
  useEffect(() => {
    tell.current = onFind
  })
  useEffect(() => {
    if (text === words) return
    const timer = setTimeout(() => tell.current(text === '' ? undefined : text), 120)
    return () => clearTimeout(timer)
  }, [text, words])
  return (
    <TextInput
      {...(field !== undefined && { ref: field })}
      className={className ?? ''}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<Search size={13} />}
      value={text}
      maxLength={maxLength}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  )
}
