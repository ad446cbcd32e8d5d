import { useMemo, useState } from 'react'
import { countWords } from '../../../shared/domain/size-words.ts'
import { Tree, useTree } from '../../ui/kit.ts'
import { ChevronDown, ChevronRight } from '../../ui/icons.tsx'
import { Printable } from '../../ui/printable.tsx'
import { childrenOf, type ManifestNode } from './model/manifest-tree.ts'
import s from './pane.module.css'

interface TreeData {
  readonly label: string
  readonly value: string
  readonly hasChildren: boolean
  children?: TreeData[]
}

const longestValue = 500

/** What a reader looks for first stands open: the list of stores. */
const openedChildren = 12

/** Lines are made when the line above them is opened; a value is shown as text and never as anything else. */
export function ManifestTree({ nodes }: { readonly nodes: readonly ManifestNode[] }) {
  const [expandedState, setExpanded] = useState<Record<string, boolean>>(() =>
    Object.fromEntries(
      nodes
        .filter((node) => node.hasChildren && childrenOf(node).length <= openedChildren)
        .slice(0, 4)
        .map(({ path }) => [path, true]),
    ),
  )
  const tree = useTree({ expandedState, onExpandedStateChange: setExpanded })
  const { data, byPath } = useMemo(() => {
    const found = new Map<string, ManifestNode>()
    const dataOf = (node: ManifestNode): TreeData => {
      found.set(node.path, node)
      const { path: value, name: label, hasChildren } = node
      if (!hasChildren) return { label, value, hasChildren }
      return { label, value, hasChildren, children: expandedState[value] ? childrenOf(node).map(dataOf) : [] }
    }
    return { data: nodes.map(dataOf), byPath: found }
  }, [nodes, expandedState])
  return (
    <Tree
      className={s['tree']}
      aria-label="Manifest"
      data={data}
      tree={tree}
      levelOffset={18}
      renderNode={({ node, expanded, elementProps }) => {
        const line = byPath.get(node.value)
        return line && <Line elementProps={elementProps} line={line} expanded={expanded} />
      }}
    />
  )
}

function Line({
  line,
  expanded,
  elementProps,
}: {
  readonly line: ManifestNode
  readonly expanded: boolean
  readonly elementProps: React.ComponentProps<'div'>
}) {
  return (
    <div
      {...elementProps}
      className={`${elementProps.className ?? ''} ${s['node'] ?? ''} ${line.hasChildren ? '' : s['leaf']}`}
    >
      {line.hasChildren && (expanded ? <ChevronDown size={12} /> : <ChevronRight size={12} />)}
      <span className={s['name']}>
        <Printable text={line.name} />
      </span>
      <span className={s['value']} data-kind={line.kind}>
        <Printable text={line.text.slice(0, longestValue)} />
        {line.text.length > longestValue && (
          <span className={s['more']}>
            {' '}
            and {countWords(line.text.length - longestValue)} more characters, under Text
          </span>
        )}
      </span>
    </div>
  )
}
