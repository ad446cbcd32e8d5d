import {
  ActionIcon,
  Button,
  Checkbox,
  createTheme,
  Input,
  Loader,
  Menu,
  type MantineColorsTuple,
  NumberInput,
  PasswordInput,
  Popover,
  Progress,
  Radio,
  ScrollArea,
  SegmentedControl,
  Select,
  Tabs,
  Textarea,
  TextInput,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core'

/** Mantine wants ten shades a colour; the screens only use tokens, so every shade is the token itself and follows the scheme. */
const token = (name: string): MantineColorsTuple => {
  const shade = `var(--hf-${name})`
  return [shade, shade, shade, shade, shade, shade, shade, shade, shade, shade]
}

/** Filled ink = the one safe next step; filled bad = the one dangerous step; everything else is outlined or bare. */
const variantColorResolver: VariantColorsResolver = ({ variant, color }) => {
  const tone = color && ['bad', 'warn', 'good', 'run', 'mode'].includes(color) ? color : 'ink'
  if (variant === 'filled') {
    return tone === 'bad'
      ? {
          background: 'var(--hf-bad-fill)',
          hover: 'var(--hf-bad)',
          color: 'var(--hf-on-bad)',
          border: '1px solid transparent',
        }
      : {
          background: 'var(--hf-ink)',
          hover: 'var(--hf-ink-hover)',
          color: 'var(--hf-on-ink)',
          border: '1px solid transparent',
        }
  }
  const fg = tone === 'ink' ? 'var(--hf-text)' : `var(--hf-${tone})`
  if (variant === 'light')
    return {
      background: tone === 'ink' ? 'var(--hf-hover)' : `var(--hf-${tone}-tint)`,
      hover: 'var(--hf-pressed)',
      color: fg,
      border: '1px solid transparent',
    }
  if (variant === 'subtle' || variant === 'transparent')
    return {
      background: 'transparent',
      hover: 'var(--hf-hover)',
      color: tone === 'ink' ? 'var(--hf-text-2)' : fg,
      border: '1px solid transparent',
    }
  return {
    background: 'var(--hf-surface)',
    hover: 'var(--hf-hover)',
    color: fg,
    border: `1px solid ${tone === 'ink' ? 'var(--hf-line-strong)' : `var(--hf-${tone})`}`,
  }
}

const order: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error']
const rem = (px: number) => `${px / 16}rem`

export const theme = createTheme({
  colors: {
    ink: token('ink'),
    good: token('good-fill'),
    warn: token('warn-fill'),
    bad: token('bad-fill'),
    run: token('run-fill'),
    mode: token('mode-fill'),
  },
  primaryColor: 'ink',
  variantColorResolver,
  fontFamily: 'var(--hf-font)',
  fontFamilyMonospace: 'var(--hf-mono)',
  fontSizes: { xs: rem(11), sm: rem(12), md: rem(13), lg: rem(15), xl: rem(20) },
  lineHeights: { xs: '1.36', sm: '1.42', md: '1.46', lg: '1.4', xl: '1.3' },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(16), xl: rem(24) },
  radius: { xs: rem(2), sm: rem(3), md: rem(4), lg: rem(6), xl: rem(8) },
  defaultRadius: 'md',
  shadows: {
    md: '0 1px 2px rgba(8,14,16,.06), 0 8px 24px rgba(8,14,16,.14)',
    xl: '0 2px 4px rgba(8,14,16,.08), 0 18px 56px rgba(8,14,16,.26)',
  },
  headings: {
    fontFamily: 'var(--hf-font)',
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(21), lineHeight: '1.3' },
      h2: { fontSize: rem(15), lineHeight: '1.4' },
      h3: { fontSize: rem(13), lineHeight: '1.46' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm', variant: 'default' },
      vars: (_t, p) => ({
        root: {
          '--button-height': p.size === 'xs' ? rem(24) : p.size === 'md' ? rem(34) : rem(28),
          '--button-fz': p.size === 'md' ? rem(13) : rem(12.5),
          '--button-padding-x': p.size === 'xs' ? rem(8) : rem(11),
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', size: 28 } }),
    Input: Input.extend({
      vars: () => ({
        wrapper: {
          '--input-height': rem(30),
          '--input-size': rem(30),
          '--input-fz': rem(13),
          '--input-bd': 'var(--hf-control)',
          '--input-bg': 'var(--hf-surface)',
          '--input-padding-x': rem(9),
        },
      }),
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm', inputWrapperOrder: order } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: 'sm', inputWrapperOrder: order } }),
    Textarea: Textarea.extend({ defaultProps: { size: 'sm', inputWrapperOrder: order } }),
    NumberInput: NumberInput.extend({ defaultProps: { size: 'sm', inputWrapperOrder: order } }),
    Select: Select.extend({
      defaultProps: {
        size: 'sm',
        inputWrapperOrder: order,
        checkIconPosition: 'right',
        allowDeselect: false,
      },
    }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'xs', iconColor: 'var(--hf-on-ink)' } }),
    Radio: Radio.extend({ defaultProps: { size: 'xs', iconColor: 'var(--hf-on-ink)' } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs', transitionDuration: 120 } }),
    Tabs: Tabs.extend({ defaultProps: { variant: 'default' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { withArrow: false, multiline: true, transitionProps: { duration: 90 } },
    }),
    Popover: Popover.extend({
      defaultProps: { shadow: 'md', radius: 'lg', transitionProps: { duration: 90 } },
    }),
    Menu: Menu.extend({
      defaultProps: { shadow: 'md', radius: 'lg', transitionProps: { duration: 90 } },
    }),
    Progress: Progress.extend({ defaultProps: { radius: 0, size: 6, transitionDuration: 0 } }),
    ScrollArea: ScrollArea.extend({ defaultProps: { scrollbarSize: 9, type: 'hover' } }),
    Loader: Loader.extend({ defaultProps: { size: 14, color: 'run' } }),
  },
})
