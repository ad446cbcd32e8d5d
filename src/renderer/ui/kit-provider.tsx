import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { setNonce } from 'get-nonce'
import { useEffect, type ReactNode } from 'react'
import { theme } from './theme.ts'

/** The page's nonce, which the shell puts into the page as it serves it; the policy allows no style without it. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
// The kit's dialogs lock the page behind them with a style of their own, which asks here.
if (nonce !== '') setNonce(nonce)

interface Props {
  readonly scheme: 'system' | 'light' | 'dark'
  readonly contrast: 'system' | 'normal' | 'more'
  readonly children: ReactNode
}

export function KitProvider({ scheme, contrast, children }: Props) {
  useEffect(() => applyContrast(contrast), [contrast])
  return (
    <MantineProvider
      theme={theme}
      getStyleNonce={() => nonce}
      defaultColorScheme="auto"
      {...(scheme !== 'system' && { forceColorScheme: scheme })}
    >
      <Notifications position="bottom-right" limit={4} transitionDuration={90} />
      {children}
    </MantineProvider>
  )
}

function applyContrast(contrast: Props['contrast']): () => void {
  const query = window.matchMedia('(prefers-contrast: more)')
  const apply = (): void => {
    const more = contrast === 'more' || (contrast === 'system' && query.matches)
    document.documentElement.dataset['contrast'] = more ? 'more' : 'normal'
  }
  apply()
  query.addEventListener('change', apply)
  return () => query.removeEventListener('change', apply)
}
