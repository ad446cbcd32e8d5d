/** The parts of the kit that the window uses. Nothing outside this folder imports the kit itself. */
export {
  Button,
  Checkbox,
  CopyButton,
  NumberInput,
  PasswordInput,
  Popover,
  Progress,
  Radio,
  SegmentedControl,
  Select,
  Switch,
  Tabs,
  Textarea,
  TextInput,
  Tree,
  UnstyledButton,
  useTree,
} from '@mantine/core'
export { Dialog as Modal, DialogFoot } from './dialog.tsx'
export { useDebouncedValue } from '@mantine/hooks'
export { notifications } from '@mantine/notifications'
export { Spotlight } from '@mantine/spotlight'
