// What all trees of the side bar have in common: drawn again only while somebody looks, and then a few times a second.

import * as vscode from 'vscode'

/** A run that goes on changes ten times a second; nobody reads faster than this. */
const REFRESH_MS = 400

/** What a tree shows. `Node`s of unchanged rows may be other objects each time: rows are known by the id of their items. */
export interface TreeContent<Node> {
  /** Asked only for what is open; without a node: the topmost rows. */
  children(node: Node | undefined): readonly Node[] | Promise<readonly Node[]>
  item(node: Node): vscode.TreeItem
  /** Asked when somebody points at a row whose item has none. */
  tooltip?(node: Node): vscode.MarkdownString | undefined
  /** The rows that are other ones than when they were drawn, where none came, went or moved; else `undefined`, and all are drawn. */
  changedRows?(): Node[] | undefined
  /** What stands beside the title, and above the rows; told after each drawing. */
  head?(): TreeHead
}

export interface TreeHead {
  readonly description?: string | undefined
  /** Shown instead of a welcome view when there are no rows. */
  readonly message?: string | undefined
  readonly badge?: vscode.ViewBadge | undefined
}

export class Tree<Node> implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node[] | undefined>()
  readonly onDidChangeTreeData = this.changed.event
  readonly view: vscode.TreeView<Node>
  private timer: NodeJS.Timeout | undefined
  private isStale = false
  private readonly subscription: vscode.Disposable

  constructor(
    id: string,
    private readonly content: TreeContent<Node>,
    options: { readonly canSelectMany?: boolean } = {},
  ) {
    this.view = vscode.window.createTreeView(id, {
      treeDataProvider: this,
      showCollapseAll: true,
      ...options,
    })
    this.subscription = this.view.onDidChangeVisibility(({ visible }) => {
      if (visible && this.isStale) this.refresh()
    })
    this.tellHead()
  }

  /** Whether somebody looks at it. */
  get isVisible(): boolean {
    return this.view.visible
  }

  /** At once. */
  refresh() {
    this.draw(undefined)
  }

  /** A few times a second, and as soon as somebody looks. The head also meanwhile: a badge is seen while the view is not. */
  refreshSoon() {
    this.timer ??= setTimeout(() => {
      if (this.view.visible) this.draw(this.content.changedRows?.())
      else this.settle()
    }, REFRESH_MS)
  }

  /** Of all rows that are open, or only of these. */
  private draw(rows: Node[] | undefined) {
    this.settle()
    if (rows === undefined || rows.length > 0) this.changed.fire(rows)
  }

  private settle() {
    clearTimeout(this.timer)
    this.timer = undefined
    this.isStale = !this.view.visible
    this.tellHead()
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return this.content.item(node)
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip ??= this.content.tooltip?.(node)
    return item
  }

  async getChildren(node?: Node): Promise<Node[]> {
    return [...(await this.content.children(node))]
  }

  dispose() {
    clearTimeout(this.timer)
    this.subscription.dispose()
    this.view.dispose()
    this.changed.dispose()
  }

  private tellHead() {
    const { description, message, badge } = this.content.head?.() ?? {}
    this.view.description = description === '' ? undefined : description
    this.view.message = message
    if (this.view.badge?.value !== badge?.value) this.view.badge = badge
  }
}
