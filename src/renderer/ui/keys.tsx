import s from './keys.module.css'

/** Keys to press, apart by blanks: `Ctrl K`. */
export function Keys({ of }: { readonly of: string }) {
  return (
    <span className={s['keys']}>
      {of.split(' ').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}

/** `Ctrl` here, `⌘` on a Mac. */
export const modKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'
