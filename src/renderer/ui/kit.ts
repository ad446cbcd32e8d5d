/** The parts of the kit that the window uses. Nothing outside this folder imports the kit itself. */
export {
  ActionIcon,
  Anchor,
  Button,
  Checkbox,
  CopyButton,
  HoverCard,
  Kbd,
  Menu,
  NumberInput,
  PasswordInput,
  Popover,
  Progress,
  Radio,
  ScrollArea,
  SegmentedControl,
  Select,
  Switch,
  Table,
  Tabs,
  Textarea,
  TextInput,
  Tooltip,
  Tree,
  UnstyledButton,
  useTree,
} from '@mantine/core'
export { Dialog as Modal } from './dialog.tsx'
export { useDebouncedValue, useDisclosure, useMediaQuery } from '@mantine/hooks'
export { notifications } from '@mantine/notifications'
export { Spotlight, spotlight } from '@mantine/spotlight'
